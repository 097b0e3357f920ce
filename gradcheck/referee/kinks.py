"""Kinks: which entries they touch, and between which values a gradient may lie there.

At a kink every value between the one-sided derivatives is a subgradient, and each element
that sits on one may be treated its own way by the code under check. So each is put
on either side of its kink by a minute nudge, and what changes adds up to an interval. With
more elements than can be tried one by one, random sides tell what they touch, but not how
far it may go.
"""

from collections.abc import Callable, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.numeric import directions
from gradcheck.problem import Kink, Nudge
from gradcheck.record import record

ONE_BY_ONE = 24
"""Kinks tried one by one; each costs a differentiation of every entry."""

PATTERNS = 4
"""Random choices of sides that tell which entries more kinks than that touch."""

FELT = 1e-10
"""A change above this fraction of the largest entry is a kink's; below it may be the nudge's."""

Differentiate = Callable[[Nudge], Array]


@record
class Interval:
    """Where a gradient may lie: `low` to `high` for each entry.

    `open_ended` marks entries that kinks touch in ways that were not all tried.
    """

    low: Array
    high: Array
    open_ended: Array

    def only(self, some: Array) -> "Interval":
        """Return the same at some entries."""
        return Interval(low=self.low[some], high=self.high[some], open_ended=self.open_ended[some])


def interval(
    kinks: Sequence[Kink],
    differentiate: Differentiate,
    value: Array,
    rng: Chance,
) -> Interval:
    """Find the interval for every entry of `value`, the gradient as the forward pass takes it."""
    felt = FELT * float(np.max(np.abs(value), initial=0.0))
    if len(kinks) <= ONE_BY_ONE:
        low, high, unclear = _one_by_one(kinks, differentiate, felt)
    else:
        sides = [np.ones(len(kinks)), -np.ones(len(kinks))]
        # Of sizes that differ, for among elements that tie any may then be the largest.
        sides += [directions.draw(rng, (len(kinks),)) for _ in range(PATTERNS)]
        found = np.array([differentiate(nudge(kinks, s)) for s in sides])
        low, high = found.min(axis=0), found.max(axis=0)
        unclear = np.ones(len(value), dtype=bool)
    low, high = np.minimum(low, value), np.maximum(high, value)
    wide = high - low > felt
    return Interval(
        low=np.where(wide, low, value),
        high=np.where(wide, high, value),
        open_ended=wide & unclear,
    )


def sides_tried(kinks: Sequence[Kink], parameter: str) -> int:
    """Return how often `interval` and `widened` differentiate by a parameter."""
    shared = sum(kink.parameter is None for kink in kinks)
    own = any(kink.parameter == parameter for kink in kinks)
    tried = shared + 2 if shared <= ONE_BY_ONE else PATTERNS + 2
    return (tried if shared or own else 0) + 2 * own


def _one_by_one(
    kinks: Sequence[Kink],
    differentiate: Differentiate,
    felt: float,
) -> tuple[Array, Array, Array]:
    """Add up what each kink changes; tell the entries for which kinks work together as well."""
    down = -np.ones(len(kinks))
    base = differentiate(nudge(kinks, down))
    low, high, total = base, base, base
    for k in range(len(kinks)):
        sides = down.copy()
        sides[k] = 1.0
        change = differentiate(nudge(kinks, sides)) - base
        low, high = low + np.minimum(change, 0), high + np.maximum(change, 0)
        total = total + change
    up = differentiate(nudge(kinks, -down))
    together = np.abs(up - total) > felt
    return np.minimum(low, up), np.maximum(high, up), together


def widened(
    found: Interval,
    kinks: Sequence[Kink],
    differentiate: Differentiate,
    value: Array,
    touched: Array,
) -> Interval:
    """Widen an interval by kinks each of which touches just one entry, all at once.

    `touched` marks these entries.
    """
    sides = [np.full(len(kinks), side) for side in (-1.0, 1.0)]
    one, other = (differentiate(nudge(kinks, s)) - value for s in sides)
    return Interval(
        low=found.low + np.where(touched, np.minimum(np.minimum(one, other), 0), 0.0),
        high=found.high + np.where(touched, np.maximum(np.maximum(one, other), 0), 0.0),
        open_ended=found.open_ended,
    )


def nudge(kinks: Sequence[Kink], sides: Array) -> Nudge:
    """Return the shifts that put each kinked element on its side, positive or negative."""
    shifts: dict[str, Array] = {}
    for kink, side in zip(kinks, sides, strict=True):
        shift = shifts.setdefault(kink.node, np.zeros(kink.shape))
        shift[kink.index] = side * kink.size
    return Nudge(shifts=shifts)
