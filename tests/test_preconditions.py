"""What must be ruled out before a gradient is accused, each with a planted case and a clean one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck.report import Finding, ProblemReport
from gradcheck.session import Request, Target, run

Config = dict[str, Any]
Check = Callable[[Config], ProblemReport]

NETWORK: Config = {
    "network": {
        "inputs": {"x": [3]},
        "layers": [
            {"hidden": {"dense": {"units": 5}}},
            {"act": "tanh"},
            {"output": {"dense": {"units": 2}}},
        ],
    },
    "loss": "squared_error",
    "data": {"batch": 7, "x": {"normal": [0, 1]}, "y": {"normal": [0, 1]}},
}
ALL = {"hidden.weight", "hidden.bias", "output.weight", "output.bias"}

SOURCE = """
import numpy as np

def right(params, inputs, targets):
    x, y = inputs["x"], targets["y"]
    a = np.tanh(x @ params["hidden.weight"] + params["hidden.bias"])
    delta = 2 * (a @ params["output.weight"] + params["output.bias"] - y) / len(x)
    below = delta @ params["output.weight"].T * (1 - a**2)
    return {
        "output.weight": a.T @ delta, "output.bias": delta.sum(axis=0),
        "hidden.weight": x.T @ below, "hidden.bias": below.sum(axis=0),
    }

def own(params, inputs, targets):
    found = right(params, inputs, targets)
    CODE
    return found

kept, seen = {}, []
"""
STATE = {
    "added up": """for name in found: kept[name] = found[name] = kept.get(name, 0) + found[name]""",
    "after the first call": 'if seen: found["output.bias"] *= 1.5\n    seen.append(1)',
    "missing later": 'if seen: del found["output.bias"]\n    seen.append(1)',
    "another shape later": 'if seen: found["output.bias"] = np.zeros((2, 2))\n    seen.append(1)',
    "the first input": """
    first = kept.setdefault("x", inputs["x"].copy())
    found["hidden.weight"] = right(params, {"x": first}, targets)["hidden.weight"]
    """,
}


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def checked(config: Config) -> ProblemReport:
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
        (problem,) = run(Request(targets=[Target(path=path, name=path.name)])).problems
        return problem

    return checked


@pytest.fixture
def python(check: Check, tmp_path: Path) -> Callable[..., ProblemReport]:
    def checked(code: str = "pass", **gradients: Any) -> ProblemReport:
        (tmp_path / "own.py").write_text(SOURCE.replace("CODE", code), "utf-8")
        return check({**NETWORK, "gradients": {"python": "own.py:own", **gradients}})

    return checked


def verdicts(problem: ProblemReport, verdict: str) -> set[str]:
    return {entry.parameter for entry in problem.checks if entry.verdict == verdict}


def finding(problem: ProblemReport, code: str) -> Finding:
    (found,) = [entry for entry in problem.findings if entry.code == code]
    return found


def codes(problem: ProblemReport) -> set[str]:
    return {entry.code for entry in problem.findings}


def test_nothing_is_said_of_a_function_that_keeps_the_rules(
    python: Callable[..., ProblemReport],
) -> None:
    problem = python()

    assert problem.verdict == "right"
    assert not problem.findings
    assert not problem.remarks
    assert all(entry.sweep is None for entry in problem.checks)


def test_chance_is_undecided_and_the_rest_is_judged(python: Callable[..., ProblemReport]) -> None:
    mask = "np.random.random(found['hidden.weight'].shape) < 0.5"
    problem = python(f'found["hidden.weight"] = 2 * found["hidden.weight"] * ({mask})')

    assert problem.verdict == "undecided"
    assert verdicts(problem, "undecided") == {"hidden.weight"}
    assert verdicts(problem, "right") == ALL - {"hidden.weight"}
    assert {entry.reason for entry in problem.checks if entry.verdict == "undecided"} == {
        "randomness"
    }
    told = finding(problem, "CHK05")
    assert told.level == "warning"
    assert told.parameters == ("hidden.weight",)
    assert "hidden.weight at [" in told.evidence[0]
    assert "freeze what is random" in (told.help or "")


def test_a_seed_in_each_call_is_no_chance(python: Callable[..., ProblemReport]) -> None:
    assert python("np.random.seed(3); found['hidden.bias'] += 0 * np.random.random()").verdict == (
        "right"
    )


@pytest.mark.parametrize("code", STATE.values(), ids=STATE)
def test_what_depends_on_earlier_calls_is_neither_right_nor_wrong(
    code: str, python: Callable[..., ProblemReport]
) -> None:
    problem = python(code)

    assert problem.verdict == "undecided"
    assert codes(problem) == {"CHK06"}
    told = finding(problem, "CHK06")
    assert {*told.parameters} == verdicts(problem, "undecided")
    assert verdicts(problem, "right") == ALL - {*told.parameters}
    assert "set it back at the start" in (told.help or "")


def test_what_is_remembered_hides_no_mistake_elsewhere(
    python: Callable[..., ProblemReport],
) -> None:
    problem = python(STATE["after the first call"] + '\n    found["hidden.bias"] *= 1.001')

    assert problem.verdict == "wrong"
    assert verdicts(problem, "wrong") == {"hidden.bias"}
    assert verdicts(problem, "undecided") == {"output.bias"}


def test_a_mistake_at_generated_points_alone_is_wrong_if_a_new_process_makes_it_too(
    check: Check, tmp_path: Path
) -> None:
    """The bias is forgotten in one line, and zero at the given point."""
    source = SOURCE.replace("1 - a**2", '1 - np.tanh(x @ params["hidden.weight"]) ** 2')
    (tmp_path / "own.py").write_text(source.replace("CODE", "pass"), "utf-8")
    zero = {**NETWORK, "parameters": {"hidden.bias": "zeros"}}

    problem = check({**zero, "gradients": {"python": "own.py:own"}})

    assert source != SOURCE
    assert verdicts(problem, "wrong") == {"hidden.weight", "hidden.bias"}
    assert all("given" not in entry.wrong_at for entry in problem.checks)
    assert codes(problem) == {"GRD01"}


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ('inputs["x"] -= inputs["x"].mean()', ("x",)),
        ('params["output.bias"][1] = 0; targets["y"] *= 2', ("output.bias", "y")),
    ],
)
def test_changed_arguments_are_a_warning_and_gradients_are_judged(
    code: str, changed: tuple[str, ...], python: Callable[..., ProblemReport]
) -> None:
    problem = python(code)

    assert problem.verdict == "right"
    assert codes(problem) == {"CHK07"}
    told = finding(problem, "CHK07")
    assert told.parameters == changed
    assert told.level == "warning"


def test_whole_numbers_for_a_gradient_are_a_warning_beside_what_they_spoil(
    python: Callable[..., ProblemReport],
) -> None:
    problem = python('found["output.bias"] = (100 * found["output.bias"]).astype(int)')

    assert verdicts(problem, "wrong") == {"output.bias"}
    told = finding(problem, "CHK04")
    assert told.level == "warning"
    assert told.parameters == ("output.bias",)
    assert "int64" in told.evidence[0]


def test_whole_numbers_that_are_right_are_a_note(check: Check, tmp_path: Path) -> None:
    unused = {"side": {"inputs": "act", "dense": {"units": 11, "bias": False}}}
    layers = [*NETWORK["network"]["layers"][:2], unused, *NETWORK["network"]["layers"][2:]]
    layers[-1] = {"output": {"inputs": "act", "dense": {"units": 2}}}
    arrays: dict[str, Any] = {"side.weight": np.zeros((5, 11), dtype=np.int16)}
    np.savez(tmp_path / "g.npz", **arrays)
    config = {**NETWORK, "network": {"inputs": {"x": [3]}, "layers": layers}}

    problem = check({**config, "gradients": {"file": "g.npz", "only": ["side.weight"]}})

    assert problem.verdict == "right"
    assert finding(problem, "CHK04").level == "note"
    assert "int16" in finding(problem, "CHK04").evidence[0]
    assert "no layer on the way to the loss uses it" in finding(problem, "CHK12").evidence[0]


@pytest.mark.parametrize(
    ("dtype", "code"), [("int64", "CHK04"), ("float32", "CHK01"), (">f4", "CHK01"), ("f8", None)]
)
def test_parameters_in_other_types_than_float64_are_noticed(
    dtype: str, code: str | None, check: Check, tmp_path: Path
) -> None:
    values = np.arange(15).reshape(3, 5) % 4 - 1
    np.save(tmp_path / "w.npy", values.astype(dtype))

    problem = check({**NETWORK, "parameters": {"hidden.weight": {"file": "w.npy"}}})

    assert problem.verdict == "right"
    assert codes(problem) == ({code} if code else set())
    if code:
        assert finding(problem, code).parameters == ("hidden.weight",)
        assert finding(problem, code).level == "note"


def test_single_precision_is_a_note_and_hides_no_mistake(
    python: Callable[..., ProblemReport],
) -> None:
    single = "found = {name: value.astype(np.float32) for name, value in found.items()}"
    right, wrong = python(single), python(f'found["hidden.bias"] *= 1.5; {single}')

    assert right.verdict == "right"
    assert finding(right, "CHK01").level == "note"
    assert {*finding(right, "CHK01").parameters} == ALL
    assert "float32" in finding(right, "CHK01").evidence[0]
    assert verdicts(wrong, "wrong") == {"hidden.bias"}


ROUNDED = """found = {n: value.astype(np.float32).astype(float) for n, value in found.items()}"""


def test_a_precision_may_be_stated_where_the_numbers_do_not_tell(
    python: Callable[..., ProblemReport],
) -> None:
    assert python(ROUNDED).verdict == "wrong"
    stated = python(ROUNDED, dtype="float32")
    wrong = python(ROUNDED.replace("value.", "(1.5 * value)."), dtype="float32")

    assert stated.verdict == "right"
    assert codes(stated) == {"CHK01"}
    assert verdicts(wrong, "wrong") == ALL


def test_a_stated_precision_holds_for_dumped_gradients_too(check: Check, tmp_path: Path) -> None:
    dump = 'import os; os.path.exists("g.npz") or np.savez("g.npz", **found)'
    (tmp_path / "own.py").write_text(SOURCE.replace("CODE", f"{ROUNDED}; {dump}"), "utf-8")
    check({**NETWORK, "gradients": {"python": "own.py:own"}})

    plain = check({**NETWORK, "gradients": {"file": "g.npz"}})
    stated = check({**NETWORK, "gradients": {"file": "g.npz", "dtype": "float32"}})

    assert plain.verdict == "wrong"
    assert stated.verdict == "right"


def test_a_precision_is_refused_where_nothing_is_read(check: Check) -> None:
    problem = check({**NETWORK, "gradients": {"backward": "grad.a = x", "dtype": "float32"}})

    assert problem.verdict == "error"
    assert "'dtype' is for gradients that come from 'python', 'file' or 'values'" in (
        problem.message or ""
    )


def test_a_stretched_shape_is_evidence_where_it_is_wrong(
    python: Callable[..., ProblemReport],
) -> None:
    problem = python('found["output.bias"] = found["output.bias"].sum()')

    (line,) = [e for e in finding(problem, "BIA03").evidence if "stretches" in e]
    assert line == "output.bias is claimed with shape (), which NumPy stretches to (2,)"


@pytest.mark.parametrize("value", ["np.nan", "-np.inf"])
def test_a_gradient_that_is_no_number_says_where(
    value: str, python: Callable[..., ProblemReport]
) -> None:
    problem = python(f'found["hidden.weight"][2, 3] = {value}')

    assert verdicts(problem, "wrong") == {"hidden.weight"}
    assert finding(problem, "GRD01").evidence[0] == (
        f"hidden.weight: {value.replace('np.', '')} is claimed at [2, 3]"
    )


def test_a_loss_that_is_no_number_says_where(check: Check) -> None:
    layers = [
        {"hidden": {"dense": {"units": 5}}},
        {"act": "exp"},
        {"output": {"dense": {"units": 2}}},
    ]
    rows = np.ones((7, 3))
    rows[4, 1] = 1e6
    config = {
        **NETWORK,
        "network": {"inputs": {"x": [3]}, "layers": layers},
        "parameters": {"hidden.weight": "ones"},
        "data": {**NETWORK["data"], "x": rows.tolist()},
    }

    problem = check(config)

    assert problem.verdict == "error"
    assert "act (exp) makes the first inf in sample 4, at [4, 0], of 1e+06" in (
        problem.message or ""
    ).replace("1.00000e+06", "1e+06")
    assert "gradcheck explain CHK17" in (problem.message or "")
