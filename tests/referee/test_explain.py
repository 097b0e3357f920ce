"""What is undecided says why and what to do; what is wrong carries the figures of its V curve."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck.array import Array
from gradcheck.config.load import Loaded
from gradcheck.diagnose.explanation import Diagnosis
from gradcheck.errors import InternalError
from gradcheck.findings import findings
from gradcheck.notices import NOTICES, notices
from gradcheck.problem import Claims, Fact, Moves, Probe, Problem
from gradcheck.referee import Outcome, check
from gradcheck.report import Check
from gradcheck.settings import Settings

Load = Callable[[str], Loaded]

CONFIG: dict[str, Any] = {
    "network": {
        "inputs": {"x": [3]},
        "layers": [
            {"hidden": {"dense": {"units": 7}}},
            {"act": "relu"},
            {"out": {"dense": {"units": 2}}},
        ],
    },
    "loss": "squared_error",
    "data": {"batch": 5, "x": {"normal": [0, 1]}, "y": {"normal": [0, 1]}},
}
ONE = Settings(points=1)


def problem_of(load_config: Load, **changes: Any) -> Problem:
    return load_config(yaml.safe_dump({**CONFIG, **changes}, sort_keys=False)).problem


def spoiled(problem: Problem, **factors: float) -> Problem:
    """Return the problem with claims multiplied by factors, named with `_` for the dot."""

    def claims(probes: Sequence[Probe]) -> Sequence[Claims]:
        return [
            {n: v * factors.get(n.replace(".", "_"), 1.0) for n, v in own.items()}
            for own in problem.claims(probes)
        ]

    return replace(problem, claims=claims)


def by_name(outcome: Outcome) -> dict[str, Check]:
    return {entry.parameter: entry for entry in outcome.checks}


def fact(outcome: Outcome, code: str) -> Fact:
    (found,) = [entry for entry in outcome.facts if entry.code == code]
    return found


def test_what_is_right_is_not_swept_and_nothing_is_said(load_config: Load) -> None:
    outcome = check(problem_of(load_config), Settings())

    assert outcome.facts == ()
    assert {entry.sweep for entry in outcome.checks} == {None}


def test_what_is_wrong_carries_a_curve_that_stays_at_its_error(load_config: Load) -> None:
    outcome = check(spoiled(problem_of(load_config), out_weight=1.01), Settings())

    found = by_name(outcome)["out.weight"]
    assert found.verdict == "wrong"
    assert found.sweep is not None
    assert found.worst is not None
    assert found.sweep.law == "differ"
    assert (found.sweep.index, found.sweep.probe) == (found.worst.index, found.worst.probe)
    assert len(found.sweep.steps) == len(found.sweep.gaps) == len(found.sweep.sides) == 9
    error = abs(found.worst.claimed - found.worst.numeric)
    np.testing.assert_allclose(found.sweep.gaps[2:6], error, rtol=0.1)
    assert [n for n, entry in by_name(outcome).items() if entry.sweep] == ["out.weight"]


def test_a_curve_does_not_change_a_verdict_at_a_kink_nearby(load_config: Load) -> None:
    changes = {"parameters": {"hidden.bias": {"constant": 1e-7}}}
    rows = {"data": {**CONFIG["data"], "x": {"constant": 0.0}}}
    problem = spoiled(problem_of(load_config, **changes, **rows), hidden_bias=0.0)

    found = by_name(check(problem, ONE))["hidden.bias"]

    assert found.verdict == "wrong"
    assert found.sweep is not None


MANY: dict[str, Any] = {
    "data": {"batch": 53, "x": {"constant": 0.0}, "y": {"normal": [0, 1]}},
    "parameters": {"*.bias": "zeros"},
}


def test_kinks_are_named_by_layer_sample_and_unit(load_config: Load) -> None:
    problem = problem_of(load_config, **MANY)

    def beyond(probes: Sequence[Probe]) -> Sequence[Claims]:
        return [{**own, "hidden.bias": own["hidden.bias"] + 9} for own in problem.claims(probes)]

    outcome = check(replace(problem, claims=beyond), ONE)

    found = by_name(outcome)["hidden.bias"]
    assert (found.verdict, found.reason) == ("undecided", "kink")
    assert found.sweep is not None
    told = fact(outcome, "CHK03")
    assert told.parameters == ("hidden.bias",)
    assert "on a kink at the given point, sample first: act[0, 0], act[0, 1]" in told.evidence[-1]
    assert f"and {53 * 7 - 4} more" in told.evidence[-1]


def test_the_law_of_a_kink_is_told_where_differences_meet_one(load_config: Load) -> None:
    few = {**MANY, "data": {**MANY["data"], "batch": 5}}
    problem = problem_of(load_config, **few)

    def beyond(probes: Sequence[Probe]) -> Sequence[Claims]:
        return [{**own, "hidden.bias": own["hidden.bias"] + 9} for own in problem.claims(probes)]

    outcome = check(replace(problem, claims=beyond), replace(ONE, method="differences"))

    found = by_name(outcome)["hidden.bias"]
    assert (found.verdict, found.reason) == ("undecided", "kink")
    assert found.sweep is not None
    assert found.sweep.law == "kink"
    assert "the point is on a kink" in fact(outcome, "CHK03").evidence[0]


def test_noise_is_told_with_what_it_hides(load_config: Load) -> None:
    problem = problem_of(load_config, loss={"squared_error": {"offset": 1e13}})

    outcome = check(problem, replace(ONE, method="differences"))

    assert {(c.verdict, c.reason) for c in outcome.checks} == {("undecided", "noise")}
    assert {c.sweep.law for c in outcome.checks if c.sweep} == {"noise"}
    told = fact(outcome, "CHK02")
    assert set(told.parameters) == set(problem.shapes)
    assert "noise of the loss hides the slope" in told.evidence[0]


def test_an_entry_of_zero_is_no_noise_where_others_are_larger(load_config: Load) -> None:
    rows = np.random.default_rng(7).normal(size=(5, 3)).round(3)
    rows[:, 1] = 0
    data = {**CONFIG["data"], "x": rows.tolist()}
    problem = problem_of(load_config, data=data)

    outcome = check(problem, Settings(mode="quick", method="differences", points=7))

    assert {(c.verdict, c.reason) for c in outcome.checks} == {("right", None)}


def test_lost_digits_are_told_with_how_many_are_left(load_config: Load) -> None:
    layers = [
        {"hidden": {"dense": {"units": 7}}},
        {"act": "sigmoid"},
        {"out": {"dense": {"units": 2}}},
    ]
    backward = """
delta = 2 * (yhat - y) / m
dz = delta @ out.weight.T * act * (1 - act)
grad.hidden.weight = x.T @ dz
"""
    problem = problem_of(
        load_config,
        network={"inputs": {"x": [3]}, "layers": layers},
        parameters={"hidden.bias": {"normal": [33, 0.1]}},
        gradients={"backward": backward, "only": ["hidden.weight"]},
    )

    outcome = check(problem, ONE)

    (found,) = outcome.checks
    assert (found.verdict, found.reason) == ("undecided", "precision")
    (line,) = fact(outcome, "CHK15").evidence
    assert line.startswith("hidden.weight[")
    assert "known to ± " in line


def lossy(problem: Problem, share: float) -> Problem:
    """Drop a share of every imaginary part, as a forward pass does that is not analytic."""

    def losing(losses: Callable[..., tuple[Array, Array]]) -> Callable[..., tuple[Array, Array]]:
        def lost(*arguments: Any) -> tuple[Array, Array]:
            values, sizes = losses(*arguments)
            if np.iscomplexobj(values):
                values = values.real + 1j * values.imag * (1 - share)
            return values, sizes

        return lost

    return replace(
        problem,
        evaluate=losing(problem.evaluate),
        plain=losing(problem.plain),
        derivative=lambda *arguments: None,
    )


@pytest.mark.parametrize("share", [1.0, 1e-3])
def test_differences_decide_where_the_complex_step_is_refuted(
    share: float, load_config: Load
) -> None:
    problem = lossy(problem_of(load_config), share)

    right, wrong = (check(p, Settings()) for p in (problem, spoiled(problem, out_bias=1.01)))

    assert {(c.verdict, c.method) for c in right.checks} == {("right", "differences")}
    told = fact(right, "CHK16")
    assert set(told.parameters) == set(problem.shapes)
    assert "the complex step gives" in told.evidence[0]
    assert "as that of a wrong slope does" in told.evidence[0]
    assert told.evidence[-1] == "so differences decide alone"
    assert by_name(wrong)["out.bias"].verdict == "wrong"
    (finding,) = (f for f in notices(problem, right.facts, right.checks) if f.code == "CHK16")
    assert finding.level == "note"


def test_nothing_is_decided_where_the_complex_step_alone_was_asked_for(load_config: Load) -> None:
    problem = lossy(problem_of(load_config), 1e-3)

    outcome = check(problem, Settings(method="complex_step"))

    assert {(c.verdict, c.reason) for c in outcome.checks} == {("undecided", "unreachable")}
    told = fact(outcome, "CHK16")
    assert "nothing is decided" in told.evidence[-1]
    (finding,) = notices(problem, outcome.facts, outcome.checks)
    assert finding.level == "warning"
    assert "method: auto" in (finding.help or "")


def test_a_right_claim_is_never_called_wrong_by_a_reckoning_of_ours_that_is_off(
    load_config: Load,
) -> None:
    """An oracle that is wrong at single entries and was not audited: but differences show it."""
    problem = problem_of(load_config)

    def evaluate(probe: Probe, moves: Moves, steps: Array, nudge: Any) -> tuple[Array, Array]:
        values, sizes = problem.evaluate(probe, moves, steps, nudge)
        if np.iscomplexobj(values) and moves.indices is not None:
            values = values.real + 1.001j * values.imag
        return values, sizes

    off = replace(problem, evaluate=evaluate, derivative=lambda *arguments: None)

    with pytest.raises(InternalError, match=r"differences agree with the claim.*please report"):
        check(off, Settings(audit=False))
    with pytest.raises(InternalError, match=r"along single entries the gradient by shortcuts"):
        check(off, Settings())


@pytest.mark.parametrize("distance", [1e-4, 1e-7, 1e-12])
def test_half_a_slope_near_a_kink_is_wrong_though_large_steps_show_just_that(
    distance: float, load_config: Load
) -> None:
    problem = problem_of(
        load_config,
        data={**CONFIG["data"], "x": {"constant": 0.0}},
        parameters={"hidden.bias": [distance] * 6 + [1.0]},
    )

    found = by_name(check(spoiled(problem, hidden_bias=0.5), ONE))["hidden.bias"]

    assert found.verdict == "wrong"
    assert found.sweep is not None


def test_a_loss_that_changes_is_undecided_with_both_values(load_config: Load) -> None:
    problem = problem_of(load_config)
    calls = count()

    def plain(probe: Probe, moves: Moves, steps: Array) -> tuple[Array, Array]:
        values, sizes = problem.plain(probe, moves, steps)
        return values + next(calls), sizes

    outcome = check(replace(problem, plain=plain, settled=False), Settings())

    assert {(c.verdict, c.reason) for c in outcome.checks} == {("undecided", "randomness")}
    assert outcome.entries_checked == 0
    (line,) = fact(outcome, "CHK05").evidence
    assert "at the same point, the given one" in line


def test_only_a_loss_that_runs_code_of_the_users_is_asked_for_twice(load_config: Load) -> None:
    problem = problem_of(load_config)
    assert problem.settled
    once = check(problem, Settings(points=3))
    twice = check(replace(problem, settled=False), Settings(points=3))
    assert twice.evaluations == once.evaluations + 3


def test_claims_that_differ_by_rounding_alone_are_judged(load_config: Load) -> None:
    problem = problem_of(load_config)
    calls = count()

    def claims(probes: Sequence[Probe]) -> Sequence[Claims]:
        factor = 1 + 1e-15 * (next(calls) % 3)
        return [{n: v * factor for n, v in own.items()} for own in problem.claims(probes)]

    outcome = check(replace(problem, claims=claims), Settings())

    assert {c.verdict for c in outcome.checks} == {"right"}


def test_rounding_of_nothing_may_differ_by_any_factor(load_config: Load) -> None:
    layers = [
        {"hidden": {"dense": {"units": 7}}},
        {"norm": {"batch_norm": None}},
        {"out": {"dense": {"units": 2}}},
    ]
    problem = problem_of(load_config, network={"inputs": {"x": [3]}, "layers": layers})
    calls = count()

    def claims(probes: Sequence[Probe]) -> Sequence[Claims]:
        noise = 1e-17 * np.cos(np.arange(7) + next(calls))
        return [{**own, "hidden.bias": noise} for own in problem.claims(probes)]

    outcome = check(replace(problem, claims=claims), Settings())

    assert {c.verdict for c in outcome.checks} == {"right"}
    assert fact(outcome, "CHK14").parameters == ("hidden.bias",)
    assert "at every point: 'norm' (batch_norm)" in fact(outcome, "CHK14").evidence[0]


@pytest.mark.parametrize(
    ("mode", "method"),
    [("quick", "auto"), ("full", "auto"), ("exhaustive", "auto"), ("full", "differences")],
)
def test_zeros_are_explained_in_every_mode(mode: Any, method: Any, load_config: Load) -> None:
    problem = problem_of(load_config, parameters={"out.weight": "zeros"})

    outcome = check(problem, Settings(mode=mode, method=method))

    told = fact(outcome, "CHK14")
    assert told.parameters == ("hidden.weight", "hidden.bias")
    assert told.evidence[0].startswith("at the given point: 'out' (dense)")
    assert {c.verdict for c in outcome.checks} == {"right"}


def test_a_claim_for_a_gradient_of_zero_is_wrong_and_told_why(load_config: Load) -> None:
    problem = problem_of(load_config, parameters={"out.weight": "zeros"})

    def claims(probes: Sequence[Probe]) -> Sequence[Claims]:
        return [{**own, "hidden.bias": own["hidden.bias"] + 1e-3} for own in problem.claims(probes)]

    wrong = replace(problem, claims=claims)
    outcome = check(wrong, Settings())

    assert by_name(outcome)["hidden.bias"].verdict == "wrong"
    assert "hidden.bias" in fact(outcome, "CHK14").parameters
    assert [f.code for f in findings(wrong, outcome, Diagnosis())] == ["GRD01"]


def test_every_notice_can_be_explained_under_the_same_title() -> None:
    from gradcheck.catalogues import FAULTS

    for code, notice in NOTICES.items():
        fault = FAULTS.find(code)
        assert fault is not None
        assert (fault.title, fault.family) == (notice.title, "precondition")
