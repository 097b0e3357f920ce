"""The case: claims that are wrong somewhere, beside the right backward pass at each probe."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from gradcheck.array import Array
from gradcheck.network.plant import Plant
from gradcheck.network.planted import Reference
from gradcheck.record import record

EXACT = 1e-10
"""The relative difference up to which two gradients are the same."""

LOOSE = 1e-5
"""That up to which a claim of low precision is explained, if nothing else comes near."""

SHARE = 1e-3
"""The share of a wrong claim's error that an explanation may leave unexplained."""


FEW = 16
"""Rows of a gradient that are compared first, and mostly enough."""


@record
class Case:
    """What is to be explained.

    `references` and `claims` belong to the probes, the user's own first; the claims have their
    parameters' shapes and the common factor that a free scale allows is taken out of them.
    `wrong` names the parameters to be explained and `compared` all that are claimed, both in
    the order in which a backward pass completes them.
    """

    references: tuple[Reference, ...]
    claims: tuple[Mapping[str, Array], ...]
    wrong: tuple[str, ...]
    compared: tuple[str, ...]

    @cached_property
    def _errors(self) -> tuple[Mapping[str, float], ...]:
        """How far each claim is from the right gradient, at each probe."""
        return tuple(
            {name: gap(r.gradients[name], c[name]) for name in self.compared}
            for r, c in zip(self.references, self.claims, strict=True)
        )

    @cached_property
    def _sizes(self) -> tuple[Mapping[str, float], ...]:
        """The largest entry of each claim, at each probe."""
        return tuple({name: largest(c[name]) for name in self.compared} for c in self.claims)

    def telling(self) -> list[int]:
        """Number the probes, first those at which most parameters are seen to be wrong."""
        seen = [len(self.off(k).intersection(self.wrong)) for k in range(len(self.references))]
        return sorted(range(len(seen)), key=lambda k: -seen[k])

    def off(self, probe: int) -> frozenset[str]:
        """Name the parameters whose claims are not the right gradients at one probe."""
        return frozenset(name for name, error in self._errors[probe].items() if error > EXACT)

    def miss(self, plants: Sequence[Plant], probe: int, cutoff: float = np.inf) -> float:
        """Return how far planted gradients are from the claims at one probe.

        The comparison ends with the first difference beyond the `cutoff`.
        """
        worst = 0.0
        right = self.references[probe].gradients
        unseen = set(self.wrong)
        for name, gradient in self.references[probe].changed(plants):
            unseen.discard(name)
            if name in self.wrong:
                worst = max(worst, self._bound(name, gradient, probe))
            if worst <= cutoff and name in self.claims[probe]:
                worst = max(worst, self._difference(name, gradient, probe))
            if worst > cutoff:
                return worst
        for name in unseen:
            worst = max(worst, self._difference(name, right[name], probe))
        return worst

    def misses(self, plants: Sequence[Plant], cutoff: float = np.inf) -> float:
        """Return the largest miss at any probe."""
        worst = 0.0
        for probe in self.telling():
            worst = max(worst, self.miss(plants, probe, cutoff))
            if worst > cutoff:
                return worst
        return worst

    def fits(self, name: str, gradient: Array, probe: int, tolerance: float) -> bool:
        """Tell whether one planted gradient is the claimed one."""
        return self._difference(name, gradient, probe) <= tolerance

    def _bound(self, name: str, planted: Array, probe: int) -> float:
        """Return what the difference of a wrong claim is at least, if that is worth anything."""
        bound = gap_at_least(planted, self.claims[probe][name], self._sizes[probe][name])
        return bound if bound > LOOSE else 0.0

    def _difference(self, name: str, planted: Array, probe: int) -> float:
        """Return how far a planted gradient is from its claim, whose rounding is not its fault."""
        error = self._errors[probe][name]
        difference = gap(planted, self.claims[probe][name])
        if name not in self.wrong:
            right = self.references[probe].gradients[name]
            return gap(planted, right) if difference > 3 * error else 0.0
        if error <= EXACT:
            return 0.0 if difference <= 3 * error + EXACT else difference
        return difference if difference <= SHARE * error else max(difference, 2 * LOOSE)


def gap(one: Array, other: Array) -> float:
    """Return the largest difference of two gradients relative to the larger's largest entry."""
    size = max(largest(one), largest(other))
    difference = largest(one - other)
    if not np.isfinite(difference):
        return float("inf")
    return difference / size if size else 0.0


def gap_at_least(one: Array, other: Array, size: float) -> float:
    """Return what the gap is at least, from a few rows; the `other`'s largest entry is `size`.

    Where the one's largest entry is not above twice that, a difference in these rows tells; where
    it is, that entry alone makes the gap more than a half.
    """
    rows = np.abs(np.atleast_1d(one)[:FEW] - np.atleast_1d(other)[:FEW])
    return min(float(rows.max()) / (2 * size), 0.5) if rows.size and size else 0.0


def largest(array: Array) -> float:
    """Return the size of an array's largest entry."""
    return max(float(array.max()), -float(array.min())) if array.size else 0.0
