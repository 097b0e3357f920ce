"""Which faults a check would not have seen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.diagnose.power import Power, power

CONFIG = """
network:
  inputs: {{x: [5]}}
  layers:
    - hidden: {{dense: {{units: 11}}}}
    - hidden_out: {activation}
    - output: {{dense: {{units: 3}}}}
loss: {{squared_error: {{factor: 0.5, reduction: batch_mean}}}}
data: {{batch: {batch}, x: {{normal: [0, 1]}}, y: {{normal: [0, 1]}}}}
"""
EARLY = ("ACT01", "ACT02", "AVG01", "AVG19", "BIA01", "MAT15", "SGN01")


@pytest.fixture
def measure(tmp_path: Path) -> Callable[..., Power]:
    """Return what measures the power of a small config with a few of the faults."""

    def measured(batch: int, activation: str = "sigmoid", points: int = 2) -> Power:
        path = tmp_path / "net.yaml"
        path.write_text(CONFIG.format(batch=batch, activation=activation), "utf-8")
        (loaded,) = Loader(ops=OPS, faults=FAULTS, policy=Policy()).load(path, path.name)
        assert isinstance(loaded, Loaded)
        probes = [loaded.problem.probe(k, 0) for k in range(points + 2)]
        faults = [FAULTS.all()[code] for code in EARLY]
        names = list(loaded.problem.shapes)
        return power(loaded.network, probes[:points], probes[points:], faults, names)

    return measured


def test_a_batch_of_one_hides_the_missing_mean(measure: Callable[..., Power]) -> None:
    found = measure(batch=1)
    assert {"AVG01", "AVG19"} <= {hidden.plant.fault.code for hidden in found.hidden}
    assert {h.reason for h in found.hidden if h.plant.fault.code == "AVG01"} == {
        "shows with a batch of 7"
    }
    assert found.share == found.visible / (found.visible + len(found.hidden)) < 1


def test_a_larger_batch_hides_nothing(measure: Callable[..., Power]) -> None:
    found = measure(batch=7)
    assert not found.hidden
    assert found.share == 1
    # One way at the loss or the activation for each, two biases, four parameters.
    assert found.visible == 2 + 3 + 2 + 4
    assert found.equivalent == 0


def test_what_never_shows_in_a_network_counts_against_nobody(
    measure: Callable[..., Power],
) -> None:
    found = measure(batch=7, activation="relu")
    assert found.equivalent == 1
    assert found.share == 1


def test_a_fault_that_one_point_hides_asks_for_another_point(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    text = CONFIG.format(batch=7, activation="relu")
    path.write_text(text, "utf-8")
    (loaded,) = Loader(ops=OPS, faults=FAULTS, policy=Policy()).load(path, path.name)
    assert isinstance(loaded, Loaded)
    own, other = loaded.problem.probe(0, 0), loaded.problem.probe(1, 0)
    active = {**own.parameters, "hidden.bias": own.parameters["hidden.bias"] + 100}
    blind = replace(own, parameters=active)
    names = list(loaded.problem.shapes)
    found = power(loaded.network, [blind], [other], [FAULTS.all()["ACT01"]], names)
    assert [hidden.reason for hidden in found.hidden] == ["shows at other generated points"]
    assert found.needed == 2
