"""The one use case: what a run reports, expects, leaves out, and says of how much it did."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck import single
from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.op import Op, Response, Site
from gradcheck.report import Check, Finding, ProblemReport, Report
from gradcheck.reporter import Style
from gradcheck.reporters.json import REPORTER as JSON
from gradcheck.session import Request, Target, run
from gradcheck.settings import Budget
from gradcheck.single import verdict

Config = dict[str, Any]
Run = Callable[..., Report]

NETWORK: Config = {
    "network": {
        "inputs": {"x": [3]},
        "layers": [
            {"hidden": {"dense": {"units": 5}}},
            {"hidden_out": "tanh"},
            {"output": {"dense": {"units": 2}}},
        ],
    },
    "loss": {"squared_error": {"factor": 0.5}},
    "data": {"batch": 7, "x": {"normal": [0, 1]}, "y": {"normal": [0, 1]}},
}
NAMES = ["hidden.weight", "hidden.bias", "output.weight", "output.bias"]
BACKWARD = """
delta = (output - y) / m
grad.output.weight = hidden_out.T @ delta
grad.output.bias = sum(delta, axis=0)
below = delta @ output.weight.T * (1 - hidden_out**2)
grad.hidden.weight = x.T @ below
grad.hidden.bias = sum(below, axis=0)
"""
ENTRIES = 15 + 5 + 10 + 2


@pytest.fixture
def check(tmp_path: Path) -> Run:
    """Check documents, each in a file of its own; further arguments go into the request."""

    def checked(*documents: Config, **settings: Any) -> Report:
        targets = []
        for number, document in enumerate(documents):
            path = tmp_path / f"config{number}.yaml"
            path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
            targets.append(Target(path=path, name=path.name))
        return run(Request(targets=targets, **settings))

    return checked


def formulas(text: str = BACKWARD, **gradients: Any) -> Config:
    return {**NETWORK, "gradients": {"backward": text, **gradients}}


def only(report: Report) -> ProblemReport:
    (problem,) = report.problems
    return problem


def wrong(report: ProblemReport) -> set[str]:
    return {check.parameter for check in report.checks if check.verdict == "wrong"}


def codes(report: ProblemReport, level: str = "error") -> set[str]:
    return {finding.code for finding in report.findings if finding.level == level}


def test_right_formulas_are_right_at_all_points_in_all_entries(check: Run) -> None:
    problem = only(check(formulas()))

    assert problem.verdict == "right"
    assert [c.parameter for c in problem.checks] == NAMES
    assert problem.entries_checked == problem.entries_total == ENTRIES
    assert problem.probes == ("given", "generated 1", "generated 2")
    assert problem.audits > 0
    assert problem.evaluations > 0
    assert problem.findings == ()


@pytest.mark.parametrize("mode", ["quick", "full", "exhaustive"])
def test_a_wrong_formula_is_found_in_every_mode(mode: str, check: Run) -> None:
    text = BACKWARD.replace("(1 - hidden_out**2)", "hidden_out")
    problem = only(check(formulas(text), mode=mode))

    assert problem.verdict == "wrong"
    assert wrong(problem) == {"hidden.weight", "hidden.bias"}
    assert problem.mode == mode


def test_findings_point_into_the_formulas(check: Run) -> None:
    problem = only(check(formulas(BACKWARD.replace("x.T @ below", "2 * x.T @ below"))))

    (finding,) = [f for f in problem.findings if f.level == "error"]
    assert finding.parameters == ("hidden.weight",)
    assert finding.location is not None
    assert finding.location.file == "config0.yaml"


def plain_check(name: str, verdict: Any, accepted: str | None = None) -> Check:
    return Check(parameter=name, shape=(2,), verdict=verdict, accepted=accepted)


def plain_finding(level: Any) -> Finding:
    return Finding(code="GRD01", family="", level=level, title="", message="")


@pytest.mark.parametrize(
    ("checks", "findings", "expected"),
    [
        ([], [], "right"),
        (["right", "right"], [], "right"),
        (["right", "undecided"], [], "undecided"),
        (["wrong", "undecided", "right"], [], "wrong"),
        (["right"], ["warning", "note"], "right"),
        (["right"], ["error"], "wrong"),
        (["undecided"], ["error"], "wrong"),
    ],
)
def test_the_worst_check_or_an_error_decides(
    checks: list[str], findings: list[str], expected: str
) -> None:
    assert (
        verdict(
            [plain_check(f"p{k}", v) for k, v in enumerate(checks)],
            [plain_finding(level) for level in findings],
        )
        == expected
    )


def test_accepted_checks_do_not_count() -> None:
    checks = [plain_check("a", "wrong", accepted="frozen"), plain_check("b", "right")]

    assert verdict(checks, []) == "right"


DOUBLED = BACKWARD.replace("below = delta", "below = 2 * delta")


def test_accepted_deviations_are_reported_but_do_not_decide(check: Run) -> None:
    reasons = {"hidden.weight": "a rate of its own", "hidden.bias": "the same"}
    problem = only(check(formulas(DOUBLED, accept=reasons)))

    assert problem.verdict == "right"
    assert wrong(problem) == {"hidden.weight", "hidden.bias"}
    assert {c.accepted for c in problem.checks} == {"a rate of its own", "the same", None}
    assert codes(problem) == set()


def test_accepting_one_parameter_does_not_hide_another(check: Run) -> None:
    problem = only(check(formulas(DOUBLED, accept={"hidden.weight": "a rate of its own"})))

    assert problem.verdict == "wrong"


def test_only_leaves_parameters_out(check: Run) -> None:
    text = BACKWARD.replace("grad.hidden.bias = sum(below, axis=0)\n", "")
    problem = only(check(formulas(text, only=["*.weight", "output.*"])))

    assert problem.verdict == "right"
    assert [c.parameter for c in problem.checks] == [n for n in NAMES if n != "hidden.bias"]
    assert problem.entries_total == ENTRIES - 5


def test_a_request_may_select_parameters_too(check: Run) -> None:
    problem = only(check(formulas(DOUBLED), only=("output.*",)))

    assert problem.verdict == "right"
    assert [c.parameter for c in problem.checks] == ["output.weight", "output.bias"]


SCALED = BACKWARD.replace("(output - y) / m", "(output - y)")


def test_a_common_factor_is_wrong_unless_the_scale_is_free(check: Run) -> None:
    exact, free = check(formulas(SCALED), formulas(SCALED, scale="free")).problems

    assert wrong(exact) == set(NAMES)
    assert {c.ratio for c in exact.checks} == {7.0}
    assert free.verdict == "right"
    assert any("7 times" in note.message for note in free.findings if note.level == "note")


@pytest.mark.parametrize(
    "text", [DOUBLED, SCALED.replace("(output - y)", "(y - output)")], ids=["some", "negative"]
)
def test_a_free_scale_is_one_positive_factor_for_all(text: str, check: Run) -> None:
    assert only(check(formulas(text, scale="free"))).verdict == "wrong"


def test_a_negative_gradient_is_right_where_the_update_adds(check: Run) -> None:
    negative = BACKWARD.replace("(output - y)", "(y - output)")
    subtracted, added, mixed = check(
        formulas(negative), formulas(negative, update="+="), formulas(update="+=")
    ).problems

    assert wrong(subtracted) == set(NAMES)
    assert {c.ratio for c in subtracted.checks} == {-1.0}
    assert added.verdict == "right"
    assert wrong(mixed) == set(NAMES)


def test_a_missing_gradient_is_a_finding(check: Run) -> None:
    text = BACKWARD.replace("grad.hidden.bias = sum(below, axis=0)\n", "")
    problem = only(check(formulas(text)))

    assert problem.verdict == "wrong"
    assert wrong(problem) == {"hidden.bias"}
    assert codes(problem) == {"GRD02"}
    assert problem.entries_checked == ENTRIES - 5


def test_a_gradient_of_another_shape_is_a_finding(check: Run) -> None:
    text = BACKWARD.replace("x.T @ below", "below.T @ x")
    problem = only(check(formulas(text)))

    assert wrong(problem) == {"hidden.weight"}
    assert codes(problem) == {"MAT02"}
    (finding,) = problem.findings
    assert "(5, 3)" in finding.message
    assert "(3, 5)" in finding.message


def test_a_gradient_that_broadcasts_is_judged(check: Run) -> None:
    """One number for a whole bias goes through `bias -= rate * gradient`."""
    config = formulas(BACKWARD.replace("sum(delta, axis=0)", "sum(delta)"))
    problem = only(check(config))

    assert wrong(problem) == {"output.bias"}
    assert codes(problem) == {"BIA03"}
    assert next(c for c in problem.checks if c.parameter == "output.bias").entries_checked == 2


def test_a_scalar_that_happens_to_be_right_is_right(check: Run) -> None:
    config = formulas(BACKWARD.replace("sum(delta, axis=0)", "sum(delta)"))
    config["network"] = {**NETWORK["network"], "layers": [*NETWORK["network"]["layers"]]}
    config["network"]["layers"][2] = {"output": {"dense": {"units": 1}}}

    assert only(check(config)).verdict == "right"


EXPECTATIONS: list[tuple[str, Config, list[str]]] = [
    (BACKWARD, {}, []),
    (BACKWARD, {"verdict": "wrong"}, ["expected the verdict wrong, found right"]),
    (DOUBLED, {"verdict": "wrong", "wrong": ["hidden.weight", "hidden.bias"]}, []),
    (
        DOUBLED,
        {"verdict": "wrong", "wrong": ["hidden.weight", "output.bias"]},
        [
            "expected to be wrong, but not: output.bias",
            "wrong, but not expected: hidden.bias",
        ],
    ),
    (DOUBLED, {}, ["expected the verdict right, found wrong"]),
    (DOUBLED, {"verdict": "wrong", "codes": ["AVG09", "AVG10"]}, []),
    (
        DOUBLED,
        {"verdict": "wrong", "codes": ["SGN01"]},
        ["expected to be found, but not: SGN01", "found, but not expected: AVG09, AVG10"],
    ),
]


@pytest.mark.parametrize(("text", "expect", "differences"), EXPECTATIONS)
def test_expectations_are_held_against_the_report(
    text: str, expect: Config, differences: list[str], check: Run
) -> None:
    problem = only(check({**formulas(text), "expect": expect}, expect=True))

    assert list(problem.unexpected) == differences
    assert problem.expected is (not differences)


def test_expectations_are_asked_for(check: Run) -> None:
    problem = only(check({**formulas(), "expect": {"verdict": "wrong"}}))

    assert problem.expected is None
    assert problem.unexpected == ()


def test_an_expected_code_may_be_among_the_alternatives(
    check: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Finding(
        code="GRD01",
        family="",
        level="error",
        title="",
        message="",
        alternatives=("SGN01", "AVG01"),
    )
    monkeypatch.setattr(single, "_findings", lambda loaded, outcome: (found,))
    expect = {"verdict": "wrong", "codes": ["AVG01"]}

    problem = only(check({**formulas(DOUBLED), "expect": expect}, expect=True))

    assert problem.expected is True


def test_an_expected_error_is_as_expected(check: Run) -> None:
    broken = {**NETWORK, "data": {}, "expect": {"verdict": "error"}}

    assert only(check(broken, expect=True)).expected is True
    assert only(check(broken)).verdict == "error"


def test_fail_fast_stops_after_the_first_that_is_not_right(check: Run) -> None:
    documents = [formulas(), formulas(DOUBLED), formulas()]

    assert len(check(*documents).problems) == 3
    assert [p.verdict for p in check(*documents, fail_fast=True).problems] == ["right", "wrong"]


def test_fail_fast_goes_by_expectations_where_they_are_asked_for(check: Run) -> None:
    expected = {**formulas(DOUBLED), "expect": {"verdict": "wrong"}}
    report = check(expected, formulas(DOUBLED), formulas(), fail_fast=True, expect=True)

    assert [p.expected for p in report.problems] == [True, False]


def test_a_target_that_is_an_error_goes_into_the_report() -> None:
    target = Target(path=Path("none"), name="none", error="there is nothing here")

    problem = only(run(Request(targets=[target])))

    assert problem.verdict == "error"
    assert problem.message == "there is nothing here"


def test_dumped_claims_are_checked_at_the_given_point_alone(check: Run, tmp_path: Path) -> None:
    problem = only(check(formulas()))
    arrays = claims_of(NETWORK, tmp_path)
    np.savez(tmp_path / "right.npz", **arrays)
    np.savez(tmp_path / "wrong.npz", **{**arrays, "hidden.bias": 1.001 * arrays["hidden.bias"]})

    right, spoiled = check(
        {**NETWORK, "gradients": {"file": "right.npz"}},
        {**NETWORK, "gradients": {"file": "wrong.npz"}},
    ).problems

    assert right.verdict == "right"
    assert right.probes == ("given",) != problem.probes
    assert any("given point alone" in remark for remark in right.remarks)
    assert wrong(spoiled) == {"hidden.bias"}


def claims_of(config: Config, folder: Path) -> dict[str, Any]:
    """Return our own gradients of a config at its own point."""
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump(config), "utf-8")
    (loaded,) = Loader(ops=OPS, faults=FAULTS, policy=Policy()).load(path, path.name)
    assert isinstance(loaded, Loaded)
    (claims,) = loaded.problem.claims([loaded.problem.probe(0, 0)])
    return dict(claims)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dumped_claims_may_be_of_either_precision(dtype: str, check: Run, tmp_path: Path) -> None:
    arrays = {name: a.astype(dtype) for name, a in claims_of(NETWORK, tmp_path).items()}
    np.savez(tmp_path / "grads.npz", **arrays)

    assert only(check({**NETWORK, "gradients": {"file": "grads.npz"}})).verdict == "right"


PYTHON = """
import numpy as np

def backward(params, inputs, targets):
    x, y = inputs["x"], targets["y"]
    {first}
    a = np.tanh(x @ params["hidden.weight"] + params["hidden.bias"])
    delta = (a @ params["output.weight"] + params["output.bias"] - y) / len(x)
    below = delta @ params["output.weight"].T * (1 - a**2)
    found = {{
        "output.weight": a.T @ delta, "output.bias": delta.sum(axis=0),
        "hidden.weight": x.T @ below, "hidden.bias": below.sum(axis=0),
    }}
    {last}
    return found
"""
ELSEWHERE = "abs(x[0, 0] - {value!r}) > 1e-6"
"""Whether a call is not at the given point."""
NEXT = "0 < abs(x[0, 0] - {value!r}) < 1e-6"
"""Whether a call is at a neighbour of the given point, not at the point itself."""


def python(
    check: Run, folder: Path, first: str = "", last: str = "", **settings: Any
) -> ProblemReport:
    """Check a Python function with a line of its own before and after the work."""
    rows = np.random.default_rng(3).normal(size=(7, 3)).round(3)
    for name, condition in {"ELSEWHERE": ELSEWHERE, "NEXT": NEXT}.items():
        here = condition.format(value=float(rows[0, 0]))
        first, last = first.replace(name, here), last.replace(name, here)
    source = PYTHON.format(first=first, last=last)
    (folder / "own.py").write_text(source, "utf-8")
    data = {**NETWORK["data"], "x": rows.tolist()}
    config = {**NETWORK, "data": data, "gradients": {"python": "own.py:backward"}}
    return only(check(config, **settings))


def test_a_python_function_is_right_at_all_points(check: Run, tmp_path: Path) -> None:
    problem = python(check, tmp_path)

    assert problem.verdict == "right"
    assert len(problem.probes) == 3


@pytest.mark.parametrize(
    "last",
    [
        'if ELSEWHERE: del found["hidden.bias"]',
        'if ELSEWHERE: found["hidden.bias"] = np.zeros(3)',
    ],
    ids=["missing", "misshapen"],
)
def test_other_gradients_at_a_generated_point_leave_it_out(
    last: str, check: Run, tmp_path: Path
) -> None:
    problem = python(check, tmp_path, last=last)

    assert problem.verdict == "right"
    assert problem.probes == ("given",)
    assert sum("was left out" in remark for remark in problem.remarks) == 2


def test_a_function_that_fails_at_generated_points_leaves_them_out(
    check: Run, tmp_path: Path
) -> None:
    problem = python(check, tmp_path, first='if ELSEWHERE: raise ValueError("no such thing")')

    assert problem.verdict == "right"
    assert problem.probes == ("given",)
    assert sum("was left out" in r and "no such thing" in r for r in problem.remarks) == 2
    assert problem.entries_checked == problem.entries_total == ENTRIES


@pytest.mark.parametrize("spoil", ["", 'found["hidden.weight"] *= 1.001'])
@pytest.mark.parametrize(
    "last",
    [
        'if NEXT: raise ValueError("no such thing")',
        "if NEXT and int(1e18 * abs(x).sum()) % 3: 1 / 0",
        'if NEXT: del found["hidden.bias"]',
        'if NEXT: found["hidden.bias"] = np.zeros(3)',
    ],
    ids=["always", "sometimes", "missing", "misshapen"],
)
def test_a_function_that_fails_next_to_the_given_point_is_judged_all_the_same(
    last: str, spoil: str, check: Run, tmp_path: Path
) -> None:
    problem = python(check, tmp_path, last=f"{spoil}\n    {last}")

    assert problem.verdict == ("wrong" if spoil else "right")
    assert problem.probes[0] == "given"
    # Where nothing is suspicious there is nothing to be asked there.
    told = sum("next to the given point" in remark for remark in problem.remarks)
    assert told == (1 if spoil else 0)


def test_a_function_that_fails_at_the_given_point_is_an_error(check: Run, tmp_path: Path) -> None:
    problem = python(check, tmp_path, first='raise ValueError("no such thing")')

    assert problem.verdict == "error"
    assert problem.message is not None
    assert "no such thing" in problem.message


def test_claims_in_single_precision_are_right(check: Run, tmp_path: Path) -> None:
    last = "found = {name: value.astype(np.float32) for name, value in found.items()}"

    assert python(check, tmp_path, last=last).verdict == "right"


def test_python_can_be_forbidden(check: Run, tmp_path: Path) -> None:
    problem = python(check, tmp_path, policy=Policy(python=False))

    assert problem.verdict == "error"
    assert problem.message is not None
    assert "--no-python" in problem.message


def test_quick_mode_says_that_it_compared_a_direction(check: Run) -> None:
    problem = only(check(formulas(), mode="quick", method="differences"))

    assert problem.verdict == "right"
    assert problem.entries_total == ENTRIES
    assert problem.entries_checked < ENTRIES
    assert problem.entries_checked == sum(c.entries_checked for c in problem.checks)
    assert all(c.directions == 3 for c in problem.checks if c.entries_checked < c.entries)


@pytest.mark.parametrize("method", ["auto", "differences"])
@pytest.mark.parametrize("budget", [7000, 100_000])
def test_a_budget_is_never_claimed_to_reach_further_than_it_did(
    method: str, budget: int, check: Run
) -> None:
    large = {**NETWORK, "network": {**NETWORK["network"], "layers": layers(53)}}
    problem = only(check(large, budget=evaluations(budget), method=method))
    partial = [c for c in problem.checks if c.entries_checked < c.entries]

    assert problem.verdict == "right"
    assert problem.entries_checked == sum(c.entries_checked for c in problem.checks)
    assert (problem.entries_checked < problem.entries_total) == bool(partial)
    assert bool(partial) == (method == "differences" and budget < 80_000)
    assert all(c.directions > 0 for c in partial)
    assert all(c.entries_checked > 0 for c in problem.checks)


def layers(units: int) -> list[Config]:
    return [
        {"hidden": {"dense": {"units": units}}},
        {"hidden_out": "tanh"},
        {"middle": {"dense": {"units": units}}},
        {"middle_out": "tanh"},
        {"output": {"dense": {"units": 2}}},
    ]


def test_an_error_outside_the_entries_afforded_is_seen_along_the_direction(check: Run) -> None:
    text = BACKWARD.replace("x.T @ below", "x.T @ below * where(x.T @ below > 0, 1.01, 1)")
    wide = formulas(text)
    wide["network"] = {"inputs": {"x": [3]}, "layers": [*NETWORK["network"]["layers"]]}
    wide["network"]["layers"][0] = {"hidden": {"dense": {"units": 61}}}
    problem = only(check(wide, budget=evaluations(350), points=1, mode="exhaustive"))
    (bad,) = [c for c in problem.checks if c.verdict == "wrong"]

    assert bad.parameter == "hidden.weight"
    assert bad.directions == 1
    assert bad.wrong_entries < bad.entries_checked < bad.entries


def test_exhaustive_mode_evaluates_for_every_entry(check: Run) -> None:
    full, exhaustive = (only(check(formulas(), mode=mode)) for mode in ("full", "exhaustive"))

    assert exhaustive.verdict == full.verdict == "right"
    assert exhaustive.entries_checked == ENTRIES
    assert exhaustive.evaluations >= 3 * ENTRIES


def evaluations(count: int) -> Budget:
    return Budget(evaluations=count)


def rendered(report: Report) -> str:
    return JSON.render(report, Style())


@pytest.mark.parametrize("mode", ["quick", "full"])
def test_the_same_seed_gives_the_same_report_byte_for_byte(mode: str, check: Run) -> None:
    documents = [formulas(), formulas(DOUBLED), {**NETWORK, "data": {}}]

    first, second = (
        rendered(check(*documents, mode=mode, budget=evaluations(400))) for _ in range(2)
    )

    assert first == second
    assert json.loads(first)["problems"][0]["verdict"] == "right"


def test_another_seed_gives_other_points(check: Run) -> None:
    first, other = (only(check(formulas(DOUBLED), seed=seed)) for seed in (1, 2))

    assert (first.seed, other.seed) == (1, 2)
    assert wrong(first) == wrong(other)
    assert [c.worst for c in first.checks] != [c.worst for c in other.checks]


def test_a_tolerance_only_loosens(check: Run) -> None:
    nearly = formulas(BACKWARD.replace("below = delta", "below = 1.0001 * delta"))
    strict, loose, other = (only(check(nearly, rtol=rtol)) for rtol in (None, 1e-3, 1e-5))

    assert strict.verdict == other.verdict == "wrong"
    assert loose.verdict == "right"
    assert any("tolerance" in remark for remark in loose.remarks)


def test_progress_never_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({**formulas(), "name": "some"}), "utf-8")
    told: list[tuple[str, float]] = []

    run(
        Request(targets=[Target(path=path, name="config.yaml")]),
        lambda name, share: told.append((name, share)),
    )

    shares = [share for _, share in told]
    assert {name for name, _ in told} == {"some"}
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] == 1


class _Replaced:
    """The ops, one of them replaced."""

    def __init__(self, op: Op) -> None:
        self.op = op

    def find(self, name: str) -> Op | None:
        return self.op if name == self.op.name else OPS.find(name)

    def all(self) -> dict[str, Op]:
        return {**OPS.all(), self.op.name: self.op}


def test_a_wrong_fact_about_an_op_is_our_own_error_and_others_go_on(
    check: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit holds what an op says of its parameters against plain forward passes."""
    true = OPS.find("rms_norm")
    assert true is not None
    assert true.sites is not None
    sites_of = true.sites

    def sites(*arguments: Any) -> dict[str, Site]:
        return {
            name: replace(site, responses={p: off(r) for p, r in site.responses.items()})
            for name, site in sites_of(*arguments).items()
        }

    def off(response: Response) -> Response:
        assert response.coefficients is not None
        return replace(response, coefficients=response.coefficients * (1 + 1e-6))

    monkeypatch.setattr(single, "OPS", _Replaced(replace(true, sites=sites)))
    affected = {**NETWORK, "network": {**NETWORK["network"], "layers": [*layers(3)]}}
    affected["network"]["layers"].insert(1, {"norm": "rms_norm"})

    broken, fine = check(affected, formulas()).problems

    assert broken.verdict == "error"
    assert broken.message is not None
    assert "norm.weight" in broken.message
    assert "defect of gradcheck" in broken.message
    assert fine.verdict == "right"
