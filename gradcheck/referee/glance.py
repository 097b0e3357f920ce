"""The first look at all entries: those that are right by the narrowest bar need no other.

Millions of entries are looked at in one go, stretch by stretch, so that whatever is made of them
stays in the processor's cache.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric import evidence
from gradcheck.numeric.evidence import Evidence
from gradcheck.outer import Outer, room, stretches
from gradcheck.record import record
from gradcheck.referee.doubt import SAFETY
from gradcheck.referee.gradients import Numeric

BLOCK = 2**15
"""Entries looked at together."""

FIRST = 2**11
"""Entries that are looked at first."""

MANY = 4
"""Where one in so many entries may be among the worst, all of them are measured."""

BLIND = 1e-4
"""A bar above this fraction of the parameter's largest entry would hide real mistakes."""

NONE = np.empty(0, dtype=np.intp)
"""Of a stretch of entries, not a single one."""

TINY = float(np.finfo(np.float64).tiny)
"""Bars are no smaller, to be divided by."""


@record
class Worst:
    """The entry whose difference is largest in units of its bar."""

    index: int = 0
    difference: float = 0.0
    bar: float = TINY

    @property
    def excess(self) -> float:
        """The difference, in bars."""
        return self.difference / self.bar

    def among(self, some: Array) -> "Worst":
        """Return the same where the index was one of `some`."""
        return replace(self, index=int(some[self.index]))

    @staticmethod
    def of(difference: Array, bar: Array, excess: Array) -> "Worst":
        """Find the worst of some entries."""
        k = int(np.argmax(excess))
        return Worst(index=k, difference=float(difference[k]), bar=float(bar[k]))


@record
class Glance:
    """What a first look shows: `right`, 1 or 0 for each entry, and the worst entry."""

    right: Array
    worst: Worst
    evidence: Evidence


def glance(numeric: Numeric, claimed: Array, epsilon: float, rtol: float) -> Glance:
    """Look at all entries; `epsilon` is the rounding unit of the claim."""
    look = _Look(numeric, epsilon, rtol, len(claimed))
    right, worst, moments = np.ones(len(claimed), dtype=np.int8), Worst(), evidence.Moments()
    gaps = np.empty(min(BLOCK, len(claimed)))
    values = stretches(numeric.value, BLOCK)
    with np.errstate(over="ignore", invalid="ignore"):
        for some in blocks(len(claimed)):
            claim, value = claimed[some], values(some)
            gap = np.subtract(claim, value, out=gaps[: len(claim)])
            moments.add(value, gap)
            np.abs(gap, out=gap)
            if numeric.interval is not None:
                gap = outside(claim, numeric.interval.low[some], numeric.interval.high[some])
            few = look.beyond(gap, some, min(worst.excess, 1.0))
            places: slice | Array = some
            if few is not None:
                gap, places = gap[few], few + some.start
            if not len(gap):
                continue
            bar, excess = look.excess(claimed[places], gap, places)
            right[places] = excess <= 1
            one = Worst.of(gap, bar, excess)
            if one.excess > worst.excess:
                index = one.index if few is None else int(few[one.index])
                worst = replace(one, index=some.start + index)
        found = moments.evidence(claimed, numeric.value)
    if len(claimed):
        right &= _seeing(numeric, claimed, epsilon, rtol, moments)
    return Glance(right=right, worst=worst, evidence=found)


class _Look:
    """What the entries of one parameter are measured by."""

    def __init__(self, numeric: Numeric, epsilon: float, rtol: float, count: int) -> None:
        self.bar, self.weight = numeric.bar, SAFETY * epsilon
        self.floor = max(TINY, rtol * evidence.size(*numeric.range)) if rtol else TINY
        self.floored = bool(rtol) or count == 0 or numeric.bar.min() < self.floor
        size = min(BLOCK, count)
        self.bars = stretches(numeric.bar, size)
        self.room = np.empty((2, size))
        self.products = room(numeric.bar, size) if isinstance(numeric.bar, Outer) else self.room[0]

    def beyond(self, gap: Array, some: slice, limit: float) -> Array | None:
        """Return which of a stretch of entries may be off by more than `limit` bars.

        None if many may. Most entries are not even off by so many of their narrowest bars, which
        spares working out what those of theirs are.
        """
        if not limit:
            return None
        near = gap <= self._narrowest(some, limit)
        if near.all():
            return NONE
        few = np.flatnonzero(~near)
        return few if len(few) <= len(gap) // MANY else None

    def _narrowest(self, some: slice, limit: float) -> Array:
        """Return so many times the bars of a stretch, as they are before the claim widens them."""
        if isinstance(self.bar, Outer):
            return self.bar.made(some, self.products, limit)
        least = self.room[0, : some.stop - some.start]
        return np.multiply(self.bar[some], limit, out=least)

    def excess(self, claim: Array, gap: Array, some: slice | Array) -> tuple[Array, Array]:
        """Return the bars of some entries, and how many of these they are off by."""
        bar, excess = self.room[:, : len(claim)]
        np.abs(claim, out=bar)
        bar *= self.weight
        bar += self.bars(some) if isinstance(some, slice) else self.bar[some]
        if self.floored:
            np.maximum(bar, self.floor, out=bar)
        return bar, np.divide(gap, bar, out=excess)


def _seeing(
    numeric: Numeric, claimed: Array, epsilon: float, rtol: float, moments: evidence.Moments
) -> Array | bool:
    """Tell where bars hide no real mistakes: mostly everywhere, as their largest shows."""
    share = max(BLIND, rtol)
    # No entry is larger than a gradient is long.
    largest = moments.length + moments.distance
    widest = SAFETY * epsilon * largest + float(numeric.bar.max())
    if numeric.interval is None and widest * math.sqrt(len(claimed)) <= share * moments.length:
        return True
    return narrowest(claimed, numeric.bar[:], epsilon) <= share * evidence.size(*numeric.range)


def blocks(count: int) -> Iterator[slice]:
    """Yield stretches of entries, first a short one: it may show how to pass over the others."""
    if count:
        yield slice(0, min(FIRST, count))
    for first in range(FIRST, count, BLOCK):
        yield slice(first, min(first + BLOCK, count))


def narrowest(claimed: Array, bar: Array, epsilon: float) -> Array:
    """Return the numeric side's bar, widened by the claim's last digits."""
    return np.asarray(SAFETY * epsilon * np.abs(claimed) + bar)


def outside(claimed: Array, low: Array, high: Array) -> Array:
    """Return how far a claim is outside of an interval."""
    return np.asarray(np.maximum(np.maximum(low - claimed, claimed - high), 0.0))
