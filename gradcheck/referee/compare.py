"""The comparison of one parameter's claim with its numeric gradient at one probe."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from zlib import crc32

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.referee.account import OutOfBudget
from gradcheck.referee.culprits import Gap, culprits
from gradcheck.referee.doubt import SAFETY, Doubt, widened
from gradcheck.referee.glance import blocks
from gradcheck.referee.gradients import Along, Numeric
from gradcheck.referee.judge import WRONG, Claim, judge, zero_below
from gradcheck.referee.multiples import same_multiple
from gradcheck.referee.nearby import Nearby
from gradcheck.referee.plan import SAMPLE
from gradcheck.referee.tally import Tally

FIRST = 2**10
"""Entries that mostly show that a gradient is not zero."""


@dataclass(kw_only=True, eq=False, repr=False)
class Comparison:
    """A parameter's claim at a probe against its numeric gradient; what is found goes on the tally.

    `closer` differentiates by some more entries. With `contradicted` the numeric side is refuted.
    """

    tally: Tally
    near: Nearby
    reference: Numeric
    closer: Callable[[Array], Numeric]
    rtol: float | None
    contradicted: bool
    own: Array = field(init=False)

    def __post_init__(self) -> None:
        self.own = self.near.own(self.tally.name)

    @cached_property
    def negligible(self) -> float:
        """A gradient too small to be told from zero."""
        near = self.near
        value = near.probe.parameters[self.tally.name]
        return zero_below(near.evaluator.magnitude(near.probe), value)

    @property
    def _lost(self) -> float:
        """What a sum that cancels leaves, of the losses or, if that is coarser, of the claims."""
        return self.negligible * max(1.0, self.near.epsilon / self.near.problem.epsilon)

    @cached_property
    def scatter(self) -> Array:
        """How much rounding makes all entries of the claim differ, as far as it is known."""
        return self.near.scatter_along(self.tally.name, self.reference)

    def run(self) -> None:
        """Judge the entries that were measured, the direction, and what these lead to."""
        known = self.tally.verdict == "wrong"
        wrong = self._judge(self.reference)
        if self._zero():
            self.tally.zero_at.append(self.near.probe.name)
        along = self.reference.along
        if along is None:
            return
        self.tally.directions += 1
        off = self._along(along)
        if not known and not self.contradicted and (wrong or off):
            self._look_closer(along, wrong)

    def _zero(self) -> bool:
        """Tell whether the whole gradient is zero to within rounding."""
        value, bar, along = self.reference.value, self.reference.bar, self.reference.along
        if self._plainly_felt():
            return False
        # Mostly the first entries show that it is not, and no others need to be looked at.
        for some in blocks(len(value)):
            if (np.abs(value[some]) > np.maximum(bar[some], self.negligible)).any():
                return False
        return along is None or abs(along.value) <= max(along.bar, self.negligible)

    def _plainly_felt(self) -> bool:
        """Tell whether the first entries show that the gradient is not zero.

        What is negligible for the parameter's first entries is so for all, among which there may
        only be larger ones.
        """
        near, first = self.near, slice(0, FIRST)
        some = near.probe.parameters[self.tally.name].reshape(-1)[first]
        if not some.any():
            return False
        negligible = zero_below(near.evaluator.magnitude(near.probe), some)
        value, bar = self.reference.value[first], self.reference.bar[first]
        return bool((np.abs(value) > np.maximum(bar, negligible)).any())

    def _judge(self, reference: Numeric, *, picked: bool = False) -> float:
        """Judge some entries; return the share of them that is wrong."""
        claim = Claim(
            value=reference.of(self.own),
            scatter=lambda some: self.near.scatter(self.tally.name, reference, some),
            epsilon=self.near.epsilon,
            least=self.near.least,
            fixed=lambda: self.near.fixed,
        )

        def again(k: int, suspects: Array) -> Array:
            first = claim.value[suspects] - reference.value[suspects]
            found = self.near.apart(self.tally.name, reference, suspects, k + 1)
            return first if found is None else np.where(np.isfinite(found), found, first)

        known, multiples = self.tally.verdicts, self.tally.multiples
        judged = judge(
            reference,
            claim,
            again=again,
            terms=lambda some: self.near.terms(self.tally.name, reference, some),
            paths=lambda some: self.near.paths(self.tally.name, reference, some),
            rtol=self.rtol,
            negligible=lambda: self._lost,
            contradicted=self.contradicted,
            proven=lambda some, ratio: (
                any(same_multiple(ratio, one) for one in multiples)
                or bool((known[reference.places(some)] == WRONG).all())
            ),
            at_once=self.near.at_once,
        )
        self.tally.add(self.near.probe.name, reference, claim.value, judged, picked=picked)
        return float(np.mean(judged.verdict == WRONG)) if WRONG in judged.telling else 0.0

    def _along(self, along: Along) -> bool:
        """Compare along the random direction, where not every entry was compared."""
        near, direction = self.near, along.direction.ravel()
        gap = self._gap(direction, along)

        def again(k: int, suspects: Array) -> Array:  # noqa: ARG001
            found = near.apart_along(self.tally.name, self.reference, along, k + 1)
            return np.array([gap.value if found is None else found])

        doubt = Doubt(
            difference=np.array([gap.value]),
            size=np.abs([along.value]),
            gap=np.abs([gap.value]),
            bar=np.array([gap.bar]),
            rounding=self._lost * float(np.sqrt(direction.size)),
            again=again,
            fixed=near.fixed,
        )
        bar = float(widened(doubt, untouched=np.array([not along.kinked]))[0])
        if doubt.gap[0] <= bar or along.kinked:
            return False
        self.tally.off_direction = (
            f"along a random direction through all entries, at the {near.probe.name} point, "
            f"claimed {gap.value + along.value:.6g}, numeric {along.value:.6g} ± {bar:.1g}"
        )
        return True

    def _gap(self, direction: Array, along: Along) -> Gap:
        """Return how far the claim is from what was measured along a flat direction."""
        size, own = np.abs(direction), np.where(np.isfinite(self.own), np.abs(self.own), 0.0)
        bar = along.bar + SAFETY * float(size @ (self.scatter + self.near.epsilon * own))
        if self.rtol is not None:
            bar = max(bar, self.rtol * float(size @ own))
        return Gap(value=float(self.own @ direction) - along.value, bar=bar)

    def _look_closer(self, along: Along, wrong: float) -> None:
        """Look at all entries if they are few, else at some if many are wrong, else for the few."""
        size = self.own.size
        if size <= SAMPLE:
            self._judge(self._closer(np.arange(size)))
            return
        if wrong and len(self.reference.value) < SAMPLE:
            some = Chance([crc32(self.tally.name.encode())]).sample(size, SAMPLE)
            wrong = self._judge(self._closer(np.sort(some)))
        if wrong < 0.5 and self.tally.off_direction is not None:
            found = self._culprits(along)
            if found:
                self._judge(self._closer(np.array(found)), picked=True)

    def _closer(self, entries: Array) -> Numeric:
        """Differentiate by some more entries, of a gradient whose size the direction tells."""
        return replace(self.closer(entries), along=self.reference.along)

    def _culprits(self, along: Along) -> list[int]:
        absurd = np.flatnonzero(~np.isfinite(self.own))
        if len(absurd):
            return [int(index) for index in absurd[:SAMPLE]]

        def measure(direction: Array) -> Gap:
            shaped = direction.reshape(along.direction.shape)
            try:
                there = self.near.along(self.tally.name, self.reference, shaped, 0)
            except OutOfBudget:
                raise StopIteration from None
            return self._gap(direction, there)

        direction = along.direction.ravel()
        return culprits(direction, self._gap(direction, along), measure)
