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
    look = _Look(numeric, claimed, epsilon, rtol)
    moments = evidence.Moments()
    values = stretches(numeric.value, BLOCK)
    gaps = np.empty(min(BLOCK, len(claimed)))
    with np.errstate(over="ignore", invalid="ignore"):
        for some in blocks(len(claimed)):
            claim, value = claimed[some], values(some)
            gap = np.subtract(claim, value, out=gaps[: len(claim)])
            moments.add(value, gap)
            np.abs(gap, out=gap)
            if numeric.interval is not None:
                gap = outside(claim, numeric.interval.low[some], numeric.interval.high[some])
            look.at(gap, some)
        right, worst = look.found()
        found = moments.evidence(claimed, numeric.value)
    if len(claimed):
        right &= _seeing(numeric, claimed, epsilon, rtol, moments)
    return Glance(right=right, worst=worst, evidence=found)


class _Look:
    """What the entries of one parameter are measured by, and what came out so far."""

    def __init__(self, numeric: Numeric, claimed: Array, epsilon: float, rtol: float) -> None:
        self.claimed, self.bar, self.weight = claimed, numeric.bar, SAFETY * epsilon
        self.floor = max(TINY, rtol * evidence.size(*numeric.range)) if rtol else TINY
        self.floored = bool(rtol) or len(claimed) == 0 or numeric.bar.min() < self.floor
        size = min(BLOCK, len(claimed))
        self.bars = stretches(numeric.bar, size)
        self.room = np.empty((2, size))
        self.products = room(numeric.bar, size) if isinstance(numeric.bar, Outer) else self.room[0]
        self.right = np.ones(len(claimed), dtype=np.int8)
        self.worst = Worst()
        self.suspects: list[tuple[Array, Array]] = []

    def at(self, gap: Array, some: slice) -> None:
        """Look at a stretch of entries, that are off by so much."""
        few = self._beyond(gap, some, min(self.worst.excess, 1.0))
        if few is None:
            self._measure(gap, some)
        elif len(few):
            self.suspects.append((few + some.start, gap[few]))
            if sum(len(places) for places, _ in self.suspects) > FIRST:
                self._measure_suspects()

    def found(self) -> tuple[Array, Worst]:
        """Return which entries are right, 1 or 0 for each, and the worst of them."""
        self._measure_suspects()
        return self.right, self.worst

    def _beyond(self, gap: Array, some: slice, limit: float) -> Array | None:
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

    def _measure_suspects(self) -> None:
        """Measure the entries that may be off, all together: they are few in each stretch."""
        if self.suspects:
            places, gaps = zip(*self.suspects, strict=True)
            self.suspects.clear()
            self._measure(np.concatenate(gaps), np.concatenate(places))

    def _measure(self, gap: Array, places: slice | Array) -> None:
        """Hold the bars of some entries against what they are off by."""
        claim = self.claimed[places]
        bar, excess = self.room[:, : len(claim)]
        np.abs(claim, out=bar)
        bar *= self.weight
        bar += self.bars(places) if isinstance(places, slice) else self.bar[places]
        if self.floored:
            np.maximum(bar, self.floor, out=bar)
        np.divide(gap, bar, out=excess)
        self.right[places] = excess <= 1
        one = Worst.of(gap, bar, excess)
        if one.excess > self.worst.excess:
            first = one.index + places.start if isinstance(places, slice) else places[one.index]
            self.worst = replace(one, index=int(first))


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
