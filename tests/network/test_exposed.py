"""Gradients by inputs: claimed from any source, checked like parameters, cheap by structure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck.config.load import Loaded
from gradcheck.network.exposed import exposed, restored
from gradcheck.report import ProblemReport
from gradcheck.session import Request, Target, run

CONFIG: dict[str, Any] = {
    "network": {
        "inputs": {"x": [3], "u": [5]},
        "layers": [
            {"hidden": {"dense": {"units": 11}, "inputs": ["x"]}},
            {"hidden_out": "tanh"},
            {"side": {"dense": {"units": 11}, "inputs": ["u"]}},
            {"both": {"multiply": {}, "inputs": ["hidden_out", "side"]}},
            {"out": {"dense": {"units": 2}}},
        ],
    },
    "loss": {"squared_error": {"factor": 0.5, "reduction": "sum"}},
    "data": {
        "batch": 7,
        "x": {"normal": [0, 1]},
        "u": {"uniform": [0, 2]},
        "y": {"expression": "x[:, :2]"},
    },
}
FORMULAS = """\
d = (yhat - y) @ out.weight.T
grad.x = d * side * tanh_prime(hidden) @ hidden.weight.T
grad.u = d * hidden_out @ side.weight.T
"""


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., ProblemReport]:
    def check(**more: Any) -> ProblemReport:
        path = tmp_path / "c.yaml"
        path.write_text(yaml.safe_dump({**CONFIG, **more}, sort_keys=False), "utf-8")
        (problem,) = run(Request(targets=[Target(path=path, name="c.yaml")])).problems
        return problem

    return check


def verdicts(problem: ProblemReport) -> dict[str, str]:
    return {check.parameter: check.verdict for check in problem.checks}


def test_formulas_claim_gradients_of_inputs(checked: Callable[..., ProblemReport]) -> None:
    problem = checked(gradients={"backward": FORMULAS, "only": ["x", "u"]})
    assert verdicts(problem) == {"x": "right", "u": "right"}
    assert problem.entries_checked == 7 * 3 + 7 * 5


@pytest.mark.parametrize("mode", ["quick", "full", "exhaustive"])
def test_a_mistake_in_one_of_them_is_found(
    mode: str, checked: Callable[..., ProblemReport]
) -> None:
    text = FORMULAS.replace("d * hidden_out @", "d @")
    claims = {"backward": text, "only": ["x", "u"]}
    assert verdicts(checked(gradients=claims, check={"mode": mode})) == {"x": "right", "u": "wrong"}


def test_one_wrong_entry_is_found(checked: Callable[..., ProblemReport]) -> None:
    text = f"{FORMULAS}grad.x = grad.x * (1 + 1e-9 * (x == x[5, 1]))\n"
    problem = checked(gradients={"backward": text, "only": ["x", "u"]}, check={"points": 1})
    (bad,) = [check for check in problem.checks if check.verdict == "wrong"]
    assert (bad.parameter, bad.wrong_entries) == ("x", 1)
    assert bad.worst is not None
    assert bad.worst.index == (5, 1)


def test_inputs_are_checked_only_if_claimed_or_asked_for(
    checked: Callable[..., ProblemReport],
) -> None:
    assert "x" not in verdicts(checked())
    problem = checked(check={"inputs": ["u"]})
    assert problem.verdict == "right"
    assert [*verdicts(problem)][-1] == "u"
    assert "x" not in verdicts(problem)
    missing = checked(
        gradients={"backward": FORMULAS.replace("grad.x", "gx"), "only": ["x", "u"]},
        check={"inputs": ["x"]},
    )
    assert verdicts(missing) == {"x": "wrong", "u": "right"}
    assert "GRD02" in {finding.code for finding in missing.findings}


def test_dumped_gradients_of_inputs_keep_their_layout(
    checked: Callable[..., ProblemReport], tmp_path: Path, load_config: Callable[[str], Loaded]
) -> None:
    problem = load_config(yaml.safe_dump({**CONFIG, "check": {"inputs": ["x"]}})).problem
    (claims,) = problem.claims([problem.probe(0, 0)])
    turned: dict[str, Any] = {name: value.T for name, value in claims.items() if name != "x"}
    np.savez(tmp_path / "g.npz", x=claims["x"], **turned)
    assert checked(gradients={"file": "g.npz", "layout": "out_in"}).verdict == "right"
    np.savez(tmp_path / "g.npz", x=-claims["x"], **turned)
    wrong = checked(gradients={"file": "g.npz", "layout": "out_in"})
    assert [name for name, verdict in verdicts(wrong).items() if verdict == "wrong"] == ["x"]


def test_all_samples_are_moved_together(checked: Callable[..., ProblemReport]) -> None:
    without, one = checked(), checked(check={"inputs": ["x"]})
    larger = {**CONFIG["data"], "batch": 29}
    more = checked(check={"inputs": ["x"]}, data=larger)
    assert one.entries_total - without.entries_total == 21
    assert more.evaluations == one.evaluations


def test_a_faults_effect_on_an_input_is_found(checked: Callable[..., ProblemReport]) -> None:
    problem = checked(check={"inputs": ["x", "u"]}, gradients={"faults": ["ACT01@hidden_out"]})
    found = {name for name, verdict in verdicts(problem).items() if verdict == "wrong"}
    assert found == {"hidden.weight", "hidden.bias", "x"}


def test_a_probe_is_exposed_and_restored(load_config: Callable[[str], Loaded]) -> None:
    probe = load_config(yaml.safe_dump(CONFIG)).problem.probe(0, 0)
    there = exposed(probe, ("x",))
    assert "x" not in there.data
    back = restored(there, ("x",))
    assert back.data.keys() == probe.data.keys()
    assert back.parameters.keys() == probe.parameters.keys()
    assert back.data["x"] is probe.data["x"]
