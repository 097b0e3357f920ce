"""The account of a check: every evaluation is counted, and none beyond the budget is made."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.errors import NumericError
from gradcheck.numeric.split import Split
from gradcheck.op import Op
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.referee import Outcome, check
from gradcheck.settings import Budget, Method, Mode, Settings

BATCH = 5
CONFIG = """
network:
  inputs: {x: [3]}
  layers:
    - hidden: {dense: {units: 11}}
    - hidden_norm: NORM
    - hidden_out: relu
    - output: {dense: {units: 2}}
loss: squared_error
regularization: {l2: 0.1}
data: {batch: 5, x: X, y: {normal: [0, 1]}}
parameters: {hidden.bias: zeros}
"""
SMOOTH, KINKED = "{normal: [0, 1]}", "[[0, 0, 0], [1, 2, 3], [3, 1, 2], [2, 3, 1], [1, 1, 2]]"
ENTRIES = 3 * 11 + 11 + 2 * 11 + 11 * 2 + 2


class Counting:
    """The ops, of which the loss counts how often it is evaluated."""

    count = 0

    def find(self, name: str) -> Op | None:
        op = OPS.find(name)
        return replace(op, forward=self._counted(op)) if op and name == "squared_error" else op

    def all(self) -> dict[str, Op]:
        return {name: found for name in OPS.all() if (found := self.find(name))}

    def _counted(self, op: Op) -> Callable[..., Any]:
        def forward(inputs: Any, *rest: Any) -> Any:
            stacked = inputs[0]
            split = isinstance(stacked, Split)
            self.count += len(stacked.imag) if split else len(stacked) // BATCH
            return op.forward(inputs, *rest)

        return forward

    def beside(self, claims: Callable[..., Any]) -> Callable[..., Any]:
        """Return claims that are made without being counted."""

        def uncounted(probes: Sequence[Probe]) -> Any:
            before, found = self.count, claims(probes)
            self.count = before
            return found

        return uncounted


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("configs")


def loaded(folder: Path, ops: Any = OPS, norm: str = "layer_norm", x: str = SMOOTH) -> Loaded:
    path = folder / "config.yaml"
    path.write_text(CONFIG.replace("NORM", norm).replace("X", x), "utf-8")
    (found,) = Loader(ops=ops, faults=FAULTS, policy=Policy()).load(path, path.name)
    assert isinstance(found, Loaded), str(found.error)
    return found


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize(
    ("norm", "x", "method", "factor"),
    [
        ("layer_norm", SMOOTH, "auto", 1),
        ("layer_norm", KINKED, "auto", 1.01),
        ("batch_norm", KINKED, "auto", 1),
        ("batch_norm", SMOOTH, "auto", 1.01),
        ("layer_norm", KINKED, "differences", 1),
        ("batch_norm", SMOOTH, "differences", 1),
    ],
)
def test_the_evaluations_reported_are_those_that_were_made(
    mode: Mode, norm: str, x: str, method: Method, factor: float, folder: Path
) -> None:
    ops = Counting()
    problem = scaled(loaded(folder, ops, norm, x).problem, factor)
    problem = replace(problem, claims=ops.beside(problem.claims))

    ops.count = 0
    outcome = check(problem, Settings(mode=mode, method=method, points=2))

    assert outcome.evaluations == ops.count
    assert ("wrong" in {c.verdict for c in outcome.checks}) == (factor != 1)


def scaled(problem: Problem, factor: float) -> Problem:
    def claims(probes: Sequence[Probe]) -> list[Claims]:
        return [
            {name: factor * np.asarray(claim) for name, claim in own.items()}
            for own in problem.claims(probes)
        ]

    return replace(problem, claims=claims)


def test_audits_are_whole_forward_passes_for_entries_and_a_direction(folder: Path) -> None:
    problem = loaded(folder).problem
    full, quick = (check(problem, Settings(mode=mode)) for mode in ("full", "quick"))

    sizes = [int(np.prod(shape)) for shape in problem.shapes.values()]
    assert full.audits == sum(min(16, size) + 1 for size in sizes)
    assert quick.audits == len(sizes)


def told(outcome: Outcome) -> str:
    return " ".join(outcome.remarks)


@settings(max_examples=20)
@given(
    st.integers(1, 1500),
    st.sampled_from(get_args(Mode)),
    st.sampled_from(["auto", "differences"]),
    st.sampled_from([1.0, 1.01]),
    st.sampled_from([SMOOTH, KINKED]),
)
def test_a_budget_is_kept_and_what_it_left_out_is_told(
    folder: Path, budget: int, mode: Mode, method: Method, factor: float, x: str
) -> None:
    problem = scaled(loaded(folder, x=x).problem, factor)
    allowed = Budget(evaluations=budget)
    outcome = check(problem, Settings(mode=mode, method=method, budget=allowed, points=2))
    unchecked = [c for c in outcome.checks if not c.entries_checked]
    cut = mode != "quick" and outcome.entries_checked < outcome.entries_total

    assert outcome.evaluations <= budget
    assert {c.verdict for c in outcome.checks} <= {"undecided", "right" if factor == 1 else "wrong"}
    assert all(c.verdict == "undecided" and c.reason == "budget" for c in unchecked)
    assert (f"the budget of {allowed} left out" in told(outcome)) >= (bool(unchecked) or cut)
    assert all(c.parameter in told(outcome) or "everything" in told(outcome) for c in unchecked)


def test_a_budget_that_is_enough_changes_nothing(folder: Path) -> None:
    problem = loaded(folder).problem
    free = check(problem, Settings())
    bounded = check(problem, Settings(budget=Budget(evaluations=5000)))

    # The probes are compared by their names; arrays can't be compared as a whole.
    assert replace(bounded, points=()) == replace(free, points=())
    assert free.remarks == ()


def test_what_was_left_out_is_counted(folder: Path) -> None:
    allowed = Budget(evaluations=3500)
    settings = Settings(mode="exhaustive", method="differences", budget=allowed)
    outcome = check(loaded(folder).problem, settings)
    facts = re.findall(r"(\d+) of the (\d+) entries of (\S+?);", told(outcome) + ";")

    assert {c.verdict for c in outcome.checks} == {"right"}
    assert sum(int(left) for left, _, _ in facts) == ENTRIES - outcome.entries_checked > 0
    for left, size, name in facts:
        (found,) = [c for c in outcome.checks if c.parameter == name]
        assert (found.entries, found.entries - found.entries_checked) == (int(size), int(left))
        assert found.directions > 0


class Ticking:
    """A clock that moves on whenever it is read."""

    def __init__(self, tick: float) -> None:
        self.now, self.tick = 100.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def test_seconds_go_by_the_clock_that_is_handed_in(folder: Path) -> None:
    problem, settings = loaded(folder).problem, Settings(budget=Budget(seconds=30))
    quick, slow = (check(problem, settings, clock=Ticking(tick)) for tick in (0.001, 1.0))

    assert {c.verdict for c in quick.checks} == {"right"}
    assert quick.entries_checked == ENTRIES
    assert quick.remarks == ()
    assert slow.entries_checked < ENTRIES
    assert "the budget of 30 s left out" in told(slow)
    assert {c.verdict for c in slow.checks} <= {"right", "undecided"}


def test_time_that_is_up_ends_the_check(folder: Path) -> None:
    clock = Ticking(1.0)
    check(loaded(folder).problem, Settings(budget=Budget(seconds=30)), clock=clock)

    assert clock.now - 100 < 30 * 1.25 + 200


def test_seconds_without_a_clock_are_refused(folder: Path) -> None:
    with pytest.raises(NumericError, match=r"a budget in seconds \(30 s\) needs a clock"):
        check(loaded(folder).problem, Settings(budget=Budget(seconds=30)))
