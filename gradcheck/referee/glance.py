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
from gradcheck.outer import stretches
from gradcheck.record import record
from gradcheck.referee.doubt import SAFETY
from gradcheck.referee.gradients import Numeric

BLOCK = 2**14
"""Entries looked at together."""

BLIND = 1e-4
"""A bar above this fraction of the parameter's largest entry would hide real mistakes."""

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
    def of(difference: Array, bar: Array, excess: Array, first: int = 0) -> "Worst":
        """Find the worst of some entries, the first of which has the index `first`."""
        k = int(np.argmax(excess))
        return Worst(index=first + k, difference=float(difference[k]), bar=float(bar[k]))


@record
class Glance:
    """What a first look shows: `right`, 1 or 0 for each entry, and the worst entry."""

    right: Array
    worst: Worst
    evidence: Evidence


def glance(numeric: Numeric, claimed: Array, epsilon: float, rtol: float) -> Glance:
    """Look at all entries; `epsilon` is the rounding unit of the claim."""
    right, worst, moments = np.empty(len(claimed), dtype=np.int8), Worst(), evidence.Moments()
    floor = max(TINY, rtol * evidence.size(*numeric.range)) if rtol else TINY
    floored = bool(rtol) or len(claimed) == 0 or numeric.bar.min() < floor
    values, bars = stretches(numeric.value, BLOCK), stretches(numeric.bar, BLOCK)
    buffers = np.empty((3, min(BLOCK, len(claimed))))
    with np.errstate(over="ignore", invalid="ignore"):
        for some in blocks(len(right)):
            claim, value = claimed[some], values(some)
            gap, bar, excess = buffers[:, : len(claim)]
            np.subtract(claim, value, out=gap)
            np.abs(claim, out=bar)
            moments.add(claim, value, gap, float(bar.max()))
            np.abs(gap, out=gap)
            if numeric.interval is not None:
                gap = outside(claim, numeric.interval.low[some], numeric.interval.high[some])
            bar *= SAFETY * epsilon
            bar += bars(some)
            if floored:
                np.maximum(bar, floor, out=bar)
            np.divide(gap, bar, out=excess)
            k = int(np.argmax(excess))
            right[some] = 1 if excess[k] <= 1 else excess <= 1
            if excess[k] > worst.excess:
                worst = Worst.of(gap, bar, excess, some.start)
        found = moments.evidence(claimed, numeric.value)
    if len(claimed):
        right &= _seeing(numeric, claimed, epsilon, rtol, moments)
    return Glance(right=right, worst=worst, evidence=found)


def _seeing(
    numeric: Numeric, claimed: Array, epsilon: float, rtol: float, moments: evidence.Moments
) -> Array | bool:
    """Tell where bars hide no real mistakes: mostly everywhere, as their largest shows."""
    share = max(BLIND, rtol)
    widest = SAFETY * epsilon * moments.largest + float(numeric.bar.max())
    if numeric.interval is None and widest * math.sqrt(len(claimed)) <= share * moments.length:
        return True
    return narrowest(claimed, numeric.bar[:], epsilon) <= share * evidence.size(*numeric.range)


def blocks(count: int) -> Iterator[slice]:
    """Yield stretches of so many entries."""
    for first in range(0, count, BLOCK):
        yield slice(first, first + BLOCK)


def narrowest(claimed: Array, bar: Array, epsilon: float) -> Array:
    """Return the numeric side's bar, widened by the claim's last digits."""
    return np.asarray(SAFETY * epsilon * np.abs(claimed) + bar)


def outside(claimed: Array, low: Array, high: Array) -> Array:
    """Return how far a claim is outside of an interval."""
    return np.asarray(np.maximum(np.maximum(low - claimed, claimed - high), 0.0))
