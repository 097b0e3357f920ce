"""gradcheck's own side: its modes, what its audit costs, and the memory that it takes."""

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

from bench_lib.case import Case
from gradcheck.referee import Outcome, check
from gradcheck.settings import Mode, Settings


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """What one check did: its verdicts, how much it looked at, and the memory it took beside."""

    verdict: str
    entries: int
    checked: int
    evaluations: int
    audits: int
    megabytes: float


def checked(case: Case, mode: Mode = "full", *, audit: bool = True) -> Outcome:
    """Check the whole gradient at one point: numeric gradient, comparison and verdict."""
    return check(case.target(), Settings(mode=mode, points=1, audit=audit))


def verdict(outcome: Outcome) -> str:
    """Return the worst verdict on any parameter."""
    found = {c.verdict for c in outcome.checks}
    return next(v for v in ("wrong", "undecided", "right") if v in found)


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
