"""gradcheck's own side: its modes, what its audit costs, and the memory that it takes."""

import importlib
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_lib.case import Case
from bench_lib.timing import seconds
from gradcheck.numeric.complex_step import STEP
from gradcheck.problem import Moves
from gradcheck.referee import Outcome, check
from gradcheck.settings import Mode, Settings

SAMPLE = 16
"""Entries of each parameter that the cost of moving every entry is estimated from."""


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """What one check did: its verdicts, how much it looked at, and the memory it took beside."""

    verdict: str
    entries: int
    checked: int
    evaluations: int
    audits: int
    megabytes: float


def checked(case: Case, mode: Mode = "full") -> Outcome:
    """Check the whole gradient at one point: numeric gradient, comparison and verdict."""
    return check(case.target(), Settings(mode=mode, points=1))


def verdict(outcome: Outcome) -> str:
    """Return the worst verdict on any parameter."""
    found = {c.verdict for c in outcome.checks}
    return next(v for v in ("wrong", "undecided", "right") if v in found)


def unaudited(case: Case) -> Outcome:
    """Check as ever, but take the complex step and the structure at their word."""
    with _without_audit():
        return checked(case)


@contextmanager
def _without_audit() -> Iterator[None]:
    module: Any = importlib.import_module("gradcheck.referee.rounds")
    trust = importlib.import_module("gradcheck.referee.audit").Trust
    original = module.audit
    module.audit = lambda station, name, method: trust(method="complex_step")
    try:
        yield
    finally:
        module.audit = original


def accounts(case: Case) -> Accounts:
    """Check once more, and see what that takes."""
    kept: list[Outcome] = []
    peak = memory(lambda: kept.append(checked(case)))
    return Accounts(
        verdict=verdict(kept[0]),
        entries=kept[0].entries_total,
        checked=kept[0].entries_checked,
        evaluations=kept[0].evaluations,
        audits=kept[0].audits,
        megabytes=peak,
    )


def memory(run: Callable[[], object]) -> float:
    """Return the most megabytes that a run had allocated at one time, beyond what there was."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        run()
        return (tracemalloc.get_traced_memory()[1] - before) / 1e6
    finally:
        tracemalloc.stop()


def exhaustive_estimate(case: Case) -> float:
    """Return the seconds that moving every single entry would take, from a few of each parameter.

    What the check does beside that is left out: it is what the other modes do as well.
    """
    rng, problem, probe = np.random.default_rng(0), case.target(), case.probe()
    total = 0.0
    for name, value in case.parameters.items():
        entries = rng.choice(value.size, min(SAMPLE, value.size), replace=False)
        moves = Moves(parameter=name, scale=np.ones(len(entries)), indices=entries)

        def evaluate(moves: Moves = moves) -> None:
            problem.evaluate(probe, moves, np.array([1j * STEP]), None)

        total += seconds(evaluate) * value.size / len(entries)
    return total
