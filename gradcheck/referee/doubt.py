"""Second looks at suspicious differences, at points nearby.

The difference that a wrong formula makes is nearly the same at a point nearby; one that rounding
makes scatters. Mostly a step of a rounding error is enough to see it. But where a claim is made of
terms that cancel, such as 1 - a for an activation a that is nearly 1, such a step may leave every
term as it was: then, for differences no larger than what rounding does to the terms of the loss,
parameters are moved further and further.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

SAFETY = 8.0
"""Bars are this many times the scatter that was seen."""

FIRST, RETRIES = 2, 6
"""Points at which a suspicious difference is measured again: at first, and if still in doubt."""

CLEARLY = 1e3
"""A difference of so many bars is not rounding, however unlucky the first few points were."""

FURTHER = tuple(np.repeat([1e-9, 1e-7, 1e-5, 1e-3, 3e-2, 1e-1], 4).tolist())
"""How far parameters are moved, relatively, for the points after those."""

REACH = 100.0
"""How far that may be, in units of the relative difference (of the largest, for rounding is much
the same in a whole parameter). What is lost when terms cancel, by a loss of digits to a relative
error r, is lost in another way when they move by about r; and a wrong formula's difference hardly
changes as long as r is small."""

MODEST, TINY = 1e-3, 0.1
"""Beyond the first of these distances even that difference changes; so only those go further that
are below this fraction of the largest that rounding may make."""

STEADY = 0.5
"""Moved that far, a wrong formula's difference drifts, but keeps its sign and this share of its
size at least; rounding is drawn anew at each of a dozen points and more."""

SLIGHT = 1e-8
"""Differences up to this fraction of the largest entry may be what is left within a layer of
numbers that cancel there."""

SUSPECTS = 256
"""Suspicious entries that are measured again at once, those nearest their bars first; the next
ones only if any of these turns out to be right."""

LOOKS = RETRIES + len(FURTHER)
"""The most times that one suspicious entry is measured again."""

Differences: TypeAlias = Callable[[int, Array], Array]
"""Measures claimed minus numeric again at the k-th point nearby, for some of the entries."""


@record
class Doubt:
    """Differences (claimed minus numeric), by how much they are too large (`gap`), and their bars.

    `size` is that of the numeric gradient. `rounding` is the largest difference that may be due to
    terms that cancelled. With claims that are `fixed`, because they can't be asked for at another
    point, all up to that size are passed. `at_once` entries are measured again together. `terms`
    gives the rounding of the largest terms that some are made of: what is left when these cancel
    may be the same wherever it is measured. `paths` gives the rounding of all that they are made
    of, which is larger, and only counts for differences that are slight, compared with the entry or
    with the largest one's size, the `scale`.
    """

    difference: Array
    size: Array
    gap: Array
    bar: Array
    rounding: float
    again: Differences
    terms: Callable[[Array], Array] | None = None
    paths: Callable[[Array], Array] | None = None
    scale: float = 0.0
    fixed: bool = False
    at_once: int = SUSPECTS

    def scatter(self, suspects: Array) -> Array:
        """Measure by how much some differences scatter when points move by a rounding error."""
        measured = [self.difference[suspects], *self._measured(range(FIRST), suspects)]
        bars = np.maximum(self.bar[suspects], SAFETY * _spread(measured))
        if (self.gap[suspects] <= CLEARLY * bars).any():
            measured += self._measured(range(FIRST, RETRIES), suspects)
        return _spread(measured)

    def further(self, suspects: Array) -> Array:
        """Measure by how much some differences scatter when parameters move further."""
        own = self.difference[suspects]
        with np.errstate(divide="ignore", over="ignore"):
            reach = REACH * np.max(self.gap[suspects]) / self.size[suspects]
        measured, far = [own], np.zeros(len(own), dtype=bool)
        for k, distance in enumerate(FURTHER, start=RETRIES):
            allowed = distance <= np.maximum(reach, FURTHER[0])
            if distance > MODEST:
                allowed &= self.gap[suspects] <= TINY * self.rounding
                far |= allowed
            if allowed.any():
                found = self.again(k, suspects)
                measured.append(np.where(allowed & np.isfinite(found), found, own))
        return np.where(far & _steady(measured), 0.0, _spread(measured))

    def _measured(self, points: range, suspects: Array) -> list[Array]:
        return [self.again(k, suspects) for k in points]


def widened(doubt: Doubt, untouched: Array) -> Array:
    """Return the bars, those of suspicious entries widened by how much their difference scatters.

    Not where a kink touches: there even a rounding error changes sides, which is no scatter. Such
    entries are held against the rounding of the terms that they are made of.
    """
    gap, bar = doubt.gap, doubt.bar.copy()
    for some in _nearest(doubt, untouched):
        bar[some] = np.maximum(bar[some], SAFETY * doubt.scatter(some))
        small = some[(gap[some] > bar[some]) & (gap[some] <= doubt.rounding)]
        if len(small):
            far = doubt.rounding if doubt.fixed else SAFETY * doubt.further(small)
            bar[small] = np.maximum(bar[small], far)
            _hold_against_terms(doubt, bar, small[gap[small] > bar[small]])
        if (gap[some] > bar[some]).all():
            break
    for some in _nearest(doubt, ~untouched & (gap <= doubt.rounding)):
        _hold_against_terms(doubt, bar, some)
        if (gap[some] > bar[some]).all():
            break
    return bar


def _nearest(doubt: Doubt, among: Array) -> Iterator[Array]:
    """Yield the suspicious entries among some, those nearest their bars first."""
    suspects = np.flatnonzero((doubt.gap > doubt.bar) & np.isfinite(doubt.gap) & among)
    excess = doubt.gap[suspects] / np.maximum(doubt.bar[suspects], 1e-300)
    suspects = suspects[np.argsort(excess)]
    for first in range(0, len(suspects), doubt.at_once):
        yield suspects[first : first + doubt.at_once]


def _hold_against_terms(doubt: Doubt, bar: Array, some: Array) -> None:
    """Widen bars to what rounding makes of the largest terms, or of all that paths contribute."""
    if len(some) and doubt.terms is not None:
        bar[some] = np.maximum(bar[some], SAFETY * doubt.terms(some))
    size = np.maximum(doubt.size[some], doubt.scale)
    slight = some[(doubt.gap[some] > bar[some]) & (doubt.gap[some] <= SLIGHT * size)]
    if len(slight) and doubt.paths is not None:
        # Not all paths are rounded as much as they can be, and to the same side.
        bar[slight] = np.maximum(bar[slight], doubt.paths(slight))


def _steady(measured: list[Array]) -> Array:
    sizes, signs = np.abs(measured), np.sign(measured)
    alike = (signs == signs[0]).all(axis=0)
    return np.asarray(alike & (sizes.min(axis=0) >= STEADY * sizes.max(axis=0)))


def _spread(measured: list[Array]) -> Array:
    return np.asarray(np.max(measured, axis=0) - np.min(measured, axis=0))
