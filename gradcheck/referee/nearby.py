"""A probe's neighbourhood: points so near that claims differ by rounding alone, or by little."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.chance import Chance
from gradcheck.errors import ClaimError
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.referee.doubt import FURTHER, RETRIES
from gradcheck.referee.estimates import Numeric, Station, along, values
from gradcheck.referee.evaluator import Evaluator

JITTERS = 2
"""Points, a rounding error away from each probe, at which claims are taken again."""


@dataclass(kw_only=True, eq=False, repr=False)
class Nearby:
    """A probe, points a rounding error away from it, and the claims at all of them."""

    problem: Problem
    evaluator: Evaluator
    names: Sequence[str]
    probe: Probe
    factor: float
    """What claims are divided by, to be in the referee's scale."""
    epsilon: float = field(init=False)
    probes: dict[int, Probe] = field(init=False)
    claims: dict[int, Claims] = field(init=False)

    def __post_init__(self) -> None:
        self.probes = {0: self.probe}
        self.claims = {}
        self.epsilon = max(_epsilon(self._claimed(name, 0)) for name in self.names)

    def neighbour(self, number: int) -> Probe:
        """Return the probe's neighbour of that number, from 1; those after `RETRIES` are further.

        Only parameters go further: data might leave their domain.
        """
        if number not in self.probes:
            reach = self.epsilon if number <= RETRIES else FURTHER[number - RETRIES - 1]
            moved = self.problem.jitter(self.probe, number, max(self.epsilon, reach))
            data = moved.data if number <= RETRIES else self.probe.data
            self.probes[number] = replace(moved, data=data)
        return self.probes[number]

    def claim(self, name: str, number: int = 0) -> Array:
        """Return a claimed gradient, as flat as its parameter, in the referee's scale."""
        return flat(self._claimed(name, number), self.problem.shapes[name]) / self.factor

    def _claimed(self, name: str, number: int) -> Array:
        """Return a claim as it is; raises ClaimError unless it is like that at the given point."""
        if number not in self.claims:
            (self.claims[number],) = self.problem.claims([self.neighbour(number)])
        claim, wanted = self.claims[number].get(name), self.problem.shapes[name]
        if claim is None:
            raise ClaimError(f"no gradient is claimed for {name} here, but one at another point")
        if not fits(np.shape(claim), wanted):
            raise ClaimError(
                f"the gradient of {name} has shape {np.shape(claim)} here, but at another point "
                f"one that fits {wanted}"
            )
        return np.asarray(claim)

    def scatter(self, name: str, reference: Numeric) -> Array:
        """Return by how much a claim differs between the probe and its neighbours.

        A dumped one can't be asked again: it gets the scatter of the numeric gradient.
        """
        own = self.claim(name)
        if self.problem.dumped:
            scatter = np.zeros(own.shape)
            near = self.numeric(name, reference, reference.entries, 1)
            scatter[reference.entries] = np.abs(near - reference.value)
            return scatter
        with np.errstate(invalid="ignore"):
            others = [np.abs(self.claim(name, k) - own) for k in range(1, JITTERS + 1)]
        return np.asarray(np.max(others, axis=0))

    def numeric(self, name: str, reference: Numeric, entries: Array, number: int) -> Array:
        """Return the numeric gradient at some entries of a neighbour."""
        return values(self._station(number), name, entries, reference.method)

    def along(self, name: str, reference: Numeric, direction: Array, number: int) -> float:
        """Return the derivative along a direction at a neighbour."""
        return along(self._station(number), name, direction, reference.method).value

    def _station(self, number: int) -> Station:
        return Station(
            evaluator=self.evaluator,
            probe=self.neighbour(number),
            kinks=(),
            rng=Chance([number]),
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


def _epsilon(claim: Array) -> float:
    """Return the rounding unit of the precision in which a claim was made."""
    kind = claim.dtype if claim.dtype.kind == "f" else np.dtype(np.float64)
    return float(np.finfo(kind).eps)
