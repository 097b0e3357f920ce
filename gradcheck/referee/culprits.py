r"""The few entries that make a claim wrong, found by group testing.

Along a direction $d$ through some entries the claim differs from the truth by $y_0 = \sum_i d_i
e_i$. Weighting each entry with its position $i$ gives $y_1 = \sum_i i\,d_i e_i$, and if one entry
alone is wrong, $y_1/y_0$ *is* its position: one more measurement confirms it. If it does not, the
entries are halved; the second half's difference is what the first one's leaves of the whole. That
takes a handful of evaluations for every wrong entry, however many entries there are. (Halving is
the classical group testing of Dorfman, *The Detection of Defective Members of Large Populations*,
Annals of Mathematical Statistics 14 (1943), made adaptive.)
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

ENOUGH = 16
"""Wrong entries after which the search ends: so many are no exception any more."""

MEASUREMENTS = 256
"""Measurements after which it ends too, found or not."""


@record
class Gap:
    """By how much a claim differs from the truth along a direction, and how sure that is."""

    value: float
    bar: float

    @property
    def open(self) -> bool:
        return not abs(self.value) <= self.bar

    def without(self, other: "Gap") -> "Gap":
        """Return what is left when the part that `other` measured is taken away."""
        return Gap(value=self.value - other.value, bar=self.bar + other.bar)


Measure: TypeAlias = Callable[[Array], Gap]
"""Measures along a direction, given as flat as the parameter."""


class _Group(NamedTuple):
    """Entries `first` up to `end`, the largest differences first in a heap."""

    rank: float
    first: int
    end: int
    gap: Gap


def culprits(direction: Array, whole: Gap, measure: Measure) -> list[int]:
    """Find wrong entries by the difference that was measured along `direction`, in order.

    Ends early, with what was found, if `measure` raises StopIteration or there are too many.
    """
    search = _Search(direction, measure)
    search.add(0, len(direction), whole)
    try:
        while search.groups and search.measured < MEASUREMENTS and len(search.found) < ENOUGH:
            search.step()
    except StopIteration:
        pass
    return sorted(search.found)


class _Search:
    """A search under way; entries that were found are taken out of the direction."""

    def __init__(self, direction: Array, measure: Measure) -> None:
        self._direction = direction.copy()
        self._measure = measure
        self.groups: list[_Group] = []
        self.found: list[int] = []
        self.measured = 0

    def add(self, first: int, end: int, gap: Gap) -> None:
        """Keep a group for later if it has a difference to explain."""
        if gap.open and end > first:
            heappush(self.groups, _Group(-abs(gap.value), first, end, gap))

    def step(self) -> None:
        """Look for one culprit in the group that differs most, and halve it if that is not all."""
        _, first, end, gap = heappop(self.groups)
        suspect = first if end - first == 1 else self._suspect(first, end, gap)
        own = self._along(suspect, suspect + 1)
        if own.open:
            self.found.append(suspect)
            self._direction[suspect] = 0.0
            gap = gap.without(own)
        if end - first == 1 or not gap.open:
            return
        middle = (first + end) // 2
        half = self._along(first, middle)
        self.add(first, middle, half)
        self.add(middle, end, gap.without(half))

    def _suspect(self, first: int, end: int, gap: Gap) -> int:
        """Return where the culprit is, if there is just one."""
        middle, reach = (first + end - 1) / 2, (end - first - 1) / 2
        ramp = (np.arange(first, end) - middle) / reach
        place = middle + reach * self._along(first, end, ramp).value / gap.value
        if not np.isfinite(place):
            return first
        return int(np.clip(np.rint(place), first, end - 1))

    def _along(self, first: int, end: int, weights: Array | float = 1.0) -> Gap:
        part = np.zeros(len(self._direction))
        part[first:end] = self._direction[first:end] * weights
        self.measured += 1
        return self._measure(part)
