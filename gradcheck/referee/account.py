"""The account of a check: the evaluations that it made, and what its budget still allows."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gradcheck.errors import NumericError
from gradcheck.settings import Budget

Clock: TypeAlias = Callable[[], float]
"""Tells seconds since some fixed moment, such as `time.monotonic`."""

UNBOUNDED = sys.maxsize

GRACE = 1.25
"""By this factor work under way may go beyond a budget in seconds: its pace was a guess, and what
was measured would be lost."""


class OutOfBudget(Exception):  # noqa: N818  (not an error: the check goes on without this step)
    """The budget does not allow the next step."""


Kind: TypeAlias = Literal["any", "audits", "entries", "structure"]
"""What is evaluated: what kind of work has which pace."""


@dataclass(kw_only=True, eq=False, repr=False)
class Account:
    """Counts evaluations, and `audits` among them, against a budget.

    A budget in seconds needs a `clock`. What it leaves is as many evaluations as will be made in
    the remaining time at the pace of the latest work of that kind that was `timed`.
    """

    budget: Budget
    clock: Clock | None = None
    evaluations: int = 0
    audits: int = 0
    _start: float = field(init=False, default=0.0)
    _paces: dict[Kind, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.budget.seconds is None:
            return
        if self.clock is None:
            raise NumericError(
                f"a budget in seconds ({self.budget}) needs a clock: hand one to the session, "
                "such as clock=time.monotonic, or give the budget in evaluations"
            )
        self._start = self.clock()

    @property
    def by_time(self) -> bool:
        return self.budget.seconds is not None

    @property
    def elapsed(self) -> float:
        """Seconds since the start; 0 where nobody asked for time to be kept."""
        return self.clock() - self._start if self.clock and self.by_time else 0.0

    @contextmanager
    def timed(self, kind: Kind) -> Iterator[None]:
        """Take the pace of a kind of work from what is done inside."""
        made, passed = self.evaluations, self.elapsed
        yield
        made, passed = self.evaluations - made, self.elapsed - passed
        if made and passed:
            self._paces[kind] = made / passed

    def left(self, kind: Kind = "any") -> int:
        """Return how many more evaluations there may be; of a kind without a pace, any number."""
        if self.budget.evaluations is not None:
            return max(0, self.budget.evaluations - self.evaluations)
        if self.budget.seconds is None:
            return UNBOUNDED
        remaining, passed = self.budget.seconds - self.elapsed, self.elapsed
        if remaining <= 0:
            return 0
        pace = self.evaluations / passed if kind == "any" and passed else self._paces.get(kind)
        return max(1, int(pace * remaining)) if pace else UNBOUNDED

    def require(self, count: int) -> None:
        """Raise OutOfBudget unless so many more evaluations may be made, or it is past the time."""
        evaluations, seconds = self.budget.evaluations, self.budget.seconds
        if evaluations is not None and self.evaluations + count > evaluations:
            raise OutOfBudget
        if seconds is not None and self.elapsed > GRACE * seconds:
            raise OutOfBudget
