"""The twin: what it shows of a large network's mistakes, and that it shows nothing else."""

from collections.abc import Callable
from textwrap import dedent, indent

import pytest

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.load import Loaded
from gradcheck.diagnose import diagnosis
from gradcheck.diagnose import twin as twins
from gradcheck.diagnose.case import Case
from gradcheck.diagnose.explanation import Diagnosis
from gradcheck.diagnose.mending import FRESH, LARGE
from gradcheck.network.plant import spoken
from gradcheck.network.resize import SMALL
from gradcheck.referee import check

CONFIG = """
network:
  inputs: {x: [61]}
  layers:
    - hidden: {dense: {units: 47}}
    - hidden_out: tanh
    - output: {dense: {units: 3}}
loss: {squared_error: {factor: 0.5, reduction: batch_mean}}
regularization: {l2: 0.3}
data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {"*.weight": {normal: [0, 0.1]}}
check: {mode: quick, points: 2}
gradients:
  backward: |
"""
RIGHT = """
delta = (yhat - y) / m
grad.output.weight = hidden_out.T @ delta + l2 * output.weight
grad.output.bias = delta.sum(axis=0)
d_hidden = delta @ output.weight.T * tanh_prime(hidden)
grad.hidden.weight = x.T @ d_hidden + l2 * hidden.weight
grad.hidden.bias = d_hidden.sum(axis=0)
"""

Told = tuple[object, ...]


class Field:
    """Diagnoses of a large network, and the twins that were made for them."""

    def __init__(self, load: Callable[[str], Loaded], patch: pytest.MonkeyPatch) -> None:
        self._load, self._patch = load, patch
        patch.setattr(twins, "LARGE", 1000)
        self.twins: list[Case | None] = []

    def told(self, backward: str, *, small: bool) -> Told:
        """Say what is found out about formulas, with or without the help of a twin."""
        self._patch.setattr(diagnosis, "twin", self._twin if small else lambda *_: None)
        loaded = self._load(CONFIG + indent(dedent(backward).strip(), "    ") + "\n")
        losses = [op for op in OPS.all().values() if op.kind == "loss"]
        outcome = check(loaded.problem, loaded.settings)
        found = diagnosis.diagnose(
            loaded.network, loaded.problem, outcome, FAULTS.all(), losses, loaded.formulas
        )
        return _told(found)

    def _twin(self, *given: object) -> Case | None:
        self.twins.append(twins.twin(*given))  # type: ignore[arg-type]
        return self.twins[-1]


def _told(found: Diagnosis) -> Told:
    mending = found.mending
    return (
        [
            (b.plant.fault.code, spoken(b.plant), b.parameters, len(b.alternatives))
            for b in found.blames
        ],
        mending and (mending.repair.text, mending.repair.spots, mending.repair.changed),
        mending and (mending.repair.alternatives, mending.said),
        found.other and (found.other.name, found.other.options),
        mending and mending.repair.proofs,
    )


@pytest.fixture
def field(load_config: Callable[[str], Loaded], monkeypatch: pytest.MonkeyPatch) -> Field:
    return Field(load_config, monkeypatch)


@pytest.mark.parametrize(
    "changes",
    [
        {"(yhat - y) / m": "yhat - y"},
        {"tanh_prime(hidden)": "tanh_prime(hidden_out)"},
        {"x.T @ d_hidden + l2 * hidden.weight": "x.T @ d_hidden"},
        {"(yhat - y) / m": "(y - yhat) / m", "tanh_prime(hidden)": "(1 - hidden_out)"},
        {"d_hidden.sum(axis=0)": "d_hidden.sum()", "yhat - y": "y - yhat"},
    ],
)
def test_a_large_network_gets_the_diagnosis_that_its_twin_found(
    changes: dict[str, str], field: Field
) -> None:
    backward = RIGHT
    for old, new in changes.items():
        assert old in backward
        backward = backward.replace(old, new)
    *told, proofs = field.told(backward, small=True)
    assert [*told, FRESH] == [*field.told(backward, small=False)]
    assert proofs == LARGE
    (used,) = field.twins
    assert used is not None
    small = used.references[0].network
    assert small.batch == 7
    assert small.parameters["output.weight"].shape[1] == 3
    assert max(small.parameters["hidden.weight"].shape) <= SMALL


def test_what_nothing_repairs_stays_unexplained(field: Field) -> None:
    backward = RIGHT.replace("tanh_prime(hidden)", "cos(exp(hidden)) * exp(sin(hidden))")
    blames, repaired, *_ = field.told(backward, small=True)
    assert (blames, repaired) == ([], None)
    assert field.twins != [None]


def test_small_networks_have_no_twin(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "LARGE", 2**16)
    field.told(RIGHT.replace("yhat - y", "y - yhat"), small=True)
    assert field.twins == [None]


@pytest.mark.parametrize("number", ["47", "61.0"])
def test_formulas_that_speak_of_a_size_are_tried_at_that_size(number: str, field: Field) -> None:
    backward = RIGHT.replace("l2 * hidden.weight", f"{number} * l2 * hidden.weight")
    _, repaired, *_ = field.told(backward, small=True)
    assert isinstance(repaired, tuple)
    assert repaired[0].strip() == RIGHT.strip()
    assert field.twins == [None]


def test_a_twin_that_shows_something_else_is_none(field: Field) -> None:
    """What is wrong at the twin's size alone is no mistake of the whole network's."""
    backward = RIGHT.replace("@ d_hidden + l2 * hidden.weight", "@ d_hidden").replace(
        "d_hidden.sum(axis=0)", "d_hidden.sum(axis=0) * (x.shape[1] > 32.0)"
    )
    told = field.told(backward, small=True)
    assert field.twins == [None]
    assert told == field.told(backward, small=False)
