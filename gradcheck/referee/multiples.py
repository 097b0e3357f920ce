"""Claims that are a multiple of the gradient, entry by entry the same multiple.

A forgotten mean, a wrong sign or a factor of two make every entry of a parameter wrong. Where some
are looked at closely and are wrong, the others need not be: what rounding makes of single entries
is no multiple, and what it makes of a factor that all have in common was looked at.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.referee.doubt import CLEARLY
from gradcheck.referee.glance import Glance, blocks, narrowest
from gradcheck.referee.gradients import Numeric

FEW = 16
"""Entries that speak for all."""

PRECISELY = 1e-6
"""How precisely, in units of the difference, a claim must be a multiple."""


def multiples(first: Glance, numeric: Numeric, claimed: Array, epsilon: float) -> Array:
    """Return the places of entries that are claimed to be the multiple that all others are.

    They are clearly not right at the first glance. There are none unless one multiple fits all.
    """
    ratio = first.evidence.ratio
    if not first.evidence.exact or ratio is None:
        return np.zeros(0, dtype=np.intp)
    alike = np.zeros(len(claimed), dtype=bool)
    low, high = numeric.range
    for some in blocks(len(claimed)):
        claim, value = claimed[some], numeric.value[some]
        gap = np.abs(claim - value)
        bar = narrowest(claim, numeric.bar[some], epsilon)
        clear = (first.right[some] == 0) & (gap > CLEARLY * bar) & (low[some] == high[some])
        alike[some] = clear & (np.abs(claim - ratio * value) <= PRECISELY * gap)
    return np.flatnonzero(alike)


def same_multiple(one: float, other: float) -> bool:
    """Tell whether two multiples other than one are the same."""
    return abs(one - other) < PRECISELY * abs(1 - other)


def largest(places: Array, numeric: Numeric) -> Array:
    """Return the few places at which the gradient is largest."""
    if len(places) <= FEW:
        return places
    sizes = np.abs(numeric.value[places])
    # None of the few is smaller than the largest of every one of as many stretches.
    first = range(0, len(sizes), -(-len(sizes) // FEW))
    if len(first) == FEW:
        places = places[sizes >= np.maximum.reduceat(sizes, first).min()]
        sizes = np.abs(numeric.value[places])
    return places[np.argpartition(-sizes, FEW - 1)[:FEW]]
