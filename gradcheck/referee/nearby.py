"""A probe's neighbourhood: points so near that claims differ by rounding alone, or by little."""

import math
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.chance import Chance
from gradcheck.errors import ClaimError, GradcheckError, InternalError
from gradcheck.problem import Claims, Effort, Probe, Problem
from gradcheck.referee.account import UNBOUNDED
from gradcheck.referee.blocks import DIFFERENCES
from gradcheck.referee.doubt import FURTHER, LOOKS, RETRIES, SUSPECTS
from gradcheck.referee.estimates import Station, along, values
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.gradients import Along, Numeric

JITTERS = 2
"""Points, a rounding error away from each probe, at which claims are taken again."""

DRAWS = 2
"""Draws of a neighbour at which claims can't be had before it is left out."""

PATIENCE = 2
"""Neighbours left out at a probe before no more are asked for: each may take until a time-out."""


@dataclass(kw_only=True, eq=False, repr=False)
class Nearby:
    """A probe, points a rounding error away from it, and the claims at all of them.

    Neighbours at which claims can't be had are left out, and `remarks` say so: what counts is the
    probe itself.
    """

    problem: Problem
    evaluator: Evaluator
    names: Sequence[str]
    probe: Probe
    factor: float
    """What claims are divided by, to be in the referee's scale."""
    given: InitVar[Claims | None] = None
    """The claims at the probe, where they are known."""
    limit: int = UNBOUNDED
    """How many evaluations all entries of a parameter may take at a neighbour."""
    epsilon: float = field(init=False)
    least: float = field(init=False)
    """The least size of numbers that the claims' precision holds without a loss of digits."""
    probes: dict[int, Probe] = field(init=False)
    claims: Claims = field(init=False)
    """What is claimed at the probe itself."""
    asked: dict[int, Claims | None] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self, given: Claims | None) -> None:
        self.probes = {0: self.probe}
        self.claims = self.problem.claims([self.probe])[0] if given is None else given
        claims = [self._like_given(self.claims, name) for name in self.names]
        self.epsilon = max(map(epsilon_of, claims))
        self.least = max(float(precision_of(claim).tiny) for claim in claims)

    @property
    def fixed(self) -> bool:
        """Whether claims can't be had at other points than the probe."""
        return self.problem.dumped or all(
            self._asked(number) is None for number in range(1, JITTERS + 1)
        )

    def neighbour(self, number: int) -> Probe:
        """Return the neighbour of that number, from 1; those after `RETRIES` are further away."""
        if number not in self.probes:
            self.probes[number] = self._drawn(number, 0)
        return self.probes[number]

    def _drawn(self, number: int, attempt: int) -> Probe:
        """Draw a neighbour; only parameters go further, for data might leave their domain."""
        reach = self.epsilon if number <= RETRIES else FURTHER[number - RETRIES - 1]
        seed = number + attempt * (RETRIES + len(FURTHER))
        moved = self.problem.jitter(self.probe, seed, max(self.epsilon, reach))
        return moved if number <= RETRIES else replace(moved, data=self.probe.data)

    def own(self, name: str) -> Array:
        """Return the claimed gradient at the probe, as flat as its parameter, in our scale."""
        return self._scaled(self.claims, name)

    def claim(self, name: str, number: int) -> Array | None:
        """Return the same at a neighbour; None where that was left out."""
        claims = self._asked(number)
        return None if claims is None else self._scaled(claims, name)

    def _scaled(self, claims: Claims, name: str) -> Array:
        own = flat(np.asarray(claims[name]), self.problem.shapes[name])
        return own if self.factor == 1 else own / self.factor

    def _asked(self, number: int) -> Claims | None:
        """Ask for the claims at a neighbour; where that fails draw another, then leave it out."""
        if number not in self.asked:
            self.asked[number] = None
            left_out = sum(claims is None for claims in self.asked.values())
            for attempt in range(DRAWS if left_out <= PATIENCE else 0):
                self.probes[number] = self._drawn(number, attempt)
                try:
                    (claims,) = self.problem.claims([self.probes[number]])
                    for name in self.names:
                        self._like_given(claims, name)
                except InternalError:
                    raise
                except GradcheckError as error:
                    self._remark(error)
                else:
                    self.asked[number] = claims
                    break
        return self.asked[number]

    def _remark(self, error: GradcheckError) -> None:
        if not self.remarks:
            self.remarks.append(
                f"claims can't be had everywhere next to the {self.probe.name} point, where "
                f"numbers differ by a rounding error or a little more: {error}"
            )

    def _like_given(self, claims: Claims, name: str) -> Array:
        """Return a claim as it is; raises ClaimError unless it is like that at the given point."""
        claim, wanted = claims.get(name), self.problem.shapes[name]
        if claim is None:
            raise ClaimError(f"no gradient is claimed for {name} here, but one at another point")
        if not fits(np.shape(claim), wanted):
            raise ClaimError(
                f"the gradient of {name} has shape {np.shape(claim)} here, but at another point "
                f"one that fits {wanted}"
            )
        return np.asarray(claim)

    def scatter(self, name: str, reference: Numeric, some: Array) -> Array:
        """Return by how much a claim differs between the probe and its neighbours.

        Only for `some` of the reference's entries. One that can't be asked for again gets the
        scatter of the numeric gradient.
        """
        places = reference.places(some)
        if self.fixed:
            near = self.numeric(name, reference, places, 1)
            return np.asarray(np.abs(near - reference.value[some]))
        return self._scatter_at(name, places)

    def scatter_along(self, name: str, reference: Numeric) -> Array:
        """Return that of all entries; where it is the numeric one's, of those that were seen."""
        if not self.fixed:
            return self._scatter_at(name, slice(None))
        assert reference.entries is not None
        found = np.zeros(math.prod(self.problem.shapes[name]))
        seen = np.arange(len(reference.entries))
        found[reference.entries] = self.scatter(name, reference, seen)
        return found

    def _scatter_at(self, name: str, places: Array | slice) -> Array:
        own = self.own(name)[places]
        claims = (self.claim(name, k) for k in range(1, JITTERS + 1))
        with np.errstate(invalid="ignore"):
            apart = [np.abs(claim[places] - own) for claim in claims if claim is not None]
        return np.asarray(np.max([np.where(np.isfinite(a), a, 0.0) for a in apart], axis=0))

    def apart(self, name: str, reference: Numeric, suspects: Array, number: int) -> Array | None:
        """Return claimed minus numeric for some of the entries compared, at a neighbour.

        None where that was left out.
        """
        entries = reference.places(suspects)
        here = self.own(name) if self.fixed else self.claim(name, number)
        if here is None:
            return None
        return np.asarray(here[entries] - self.numeric(name, reference, entries, number))

    def terms(self, name: str, reference: Numeric, suspects: Array) -> Array:
        """Return what rounding may make of the largest terms that some entries are made of."""
        places = reference.places(suspects).tolist()
        return self.epsilon * self.evaluator.terms(self.probe, name, places)

    def paths(self, name: str, reference: Numeric, suspects: Array) -> Array:
        """Return what rounding may make of all that paths contribute to some entries."""
        places = reference.places(suspects).tolist()
        return self.epsilon * self.evaluator.paths(self.probe, name, places)

    def apart_along(self, name: str, reference: Numeric, line: Along, number: int) -> float | None:
        """Return the same along a direction."""
        here = self.own(name) if self.fixed else self.claim(name, number)
        if here is None:
            return None
        there = self.along(name, reference, line.direction, number)
        return float(here @ line.direction.ravel() - there.value)

    def numeric(self, name: str, reference: Numeric, entries: Array, number: int) -> Array:
        """Return the numeric gradient at some entries of a neighbour."""
        return values(self._station(number), name, entries, reference.method)

    def along(self, name: str, reference: Numeric, direction: Array, number: int) -> Along:
        """Return the derivative along a direction at a neighbour."""
        return along(self._station(number), name, direction, reference.method)

    @property
    def at_once(self) -> int:
        """How many suspicious entries may be measured again together, as the budget goes."""
        steps = DIFFERENCES if not self.problem.complex_safe else 1
        return max(1, min(SUSPECTS, self.evaluator.account.left() // (4 * LOOKS * steps)))

    def _station(self, number: int) -> Station:
        return Station(
            evaluator=self.evaluator,
            probe=self.neighbour(number),
            kinks=(),
            rng=Chance([number]),
            effort=Effort(limit=self.limit),
        )


def fits(shape: Shape, wanted: Shape) -> bool:
    """Tell whether `wanted -= shape` would go through NumPy without an error."""
    try:
        return np.broadcast_shapes(shape, wanted) == wanted
    except ValueError:
        return False


def flat(claim: Array, shape: Shape) -> Array:
    """Return a claim broadcast to its parameter and flattened."""
    return np.asarray(np.broadcast_to(np.asarray(claim, dtype=np.float64), shape)).ravel()


def epsilon_of(claim: Array) -> float:
    """Return the rounding unit of the precision in which a claim was made."""
    return float(precision_of(claim).eps)


def precision_of(claim: Array) -> "np.finfo[Any]":
    """Return what is known of the precision in which a claim was made."""
    return np.finfo(claim.dtype if claim.dtype.kind == "f" else np.dtype(np.float64))
