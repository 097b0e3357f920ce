"""Trials: faults planted in a network, and whether the check sees and diagnosis names them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from zlib import crc32

from gradcheck.chance import Chance
from gradcheck.claims import mistaken
from gradcheck.config.load import Loaded
from gradcheck.diagnose.case import gap
from gradcheck.diagnose.diagnosis import diagnose
from gradcheck.fault import Fault
from gradcheck.network.planted import Plant, Reference, plants
from gradcheck.op import Op
from gradcheck.problem import Problem
from gradcheck.record import record
from gradcheck.referee import Outcome, check

GIVEN = 1e-8
"""The relative change of a gradient up to which a fault is not there, given the others."""


@record
class Trial:
    """What became of faults planted in one network.

    `named` holds the codes of every set of faults that diagnosis gave, the first the one it chose.
    """

    network: str
    planted: tuple[Plant, ...]
    equivalent: bool
    detected: bool = False
    named: tuple[tuple[str, ...], ...] = ()
    accused: tuple[str, ...] = ()
    """Parameters said to be wrong whose gradients the faults do not change."""

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(sorted(plant.fault.code for plant in self.planted))

    @property
    def found(self) -> bool:
        """Whether diagnosis gave any explanation; each gives exactly the planted gradients."""
        return bool(self.named)

    @property
    def alone(self) -> bool:
        """Whether the faults that were planted are the only explanation."""
        return {tuple(sorted(codes)) for codes in self.named} == {self.codes}

    @property
    def listed(self) -> bool:
        """Whether the faults that were planted are among the explanations."""
        return self.codes in {tuple(sorted(codes)) for codes in self.named}


class Ground:
    """One network to plant faults in, its right passes kept."""

    def __init__(self, loaded: Loaded, faults: Mapping[str, Fault], losses: Sequence[Op]) -> None:
        self._loaded, self._faults, self._losses = loaded, faults, losses
        self.name = loaded.problem.name
        settings = loaded.settings
        points = [loaded.problem.probe(k, 0) for k in range(settings.points)]
        first = Reference(loaded.network, points[0])
        self.references = (first, *(Reference(loaded.network, p, first) for p in points[1:]))
        self.own = points[0]
        self.plants = tuple(plant for fault in faults.values() for plant in plants(first, fault))

    def right(self) -> Outcome:
        """Check the network's own backprop as it is."""
        return check(self._problem(()), self._loaded.settings)

    def singles(self, faults: Sequence[Fault]) -> Iterator[Trial]:
        """Try faults at every place that they fit, one at a time."""
        for plant in self.plants:
            if plant.fault in faults:
                yield self.trial((plant,))

    def pairs(self, count: int) -> Iterator[Trial]:
        """Try random pairs in which each fault still changes the gradient, given the other."""
        rng = Chance([crc32(self.name.encode())])
        every = list(combinations(self.plants, 2))
        tried = 0
        for number in rng.permutation(len(every)):
            pair = every[int(number)]
            if tried == count:
                return
            if all(self._matters(pair, plant) for plant in pair):
                tried += 1
                yield self.trial(pair)

    def trial(self, planted: tuple[Plant, ...]) -> Trial:
        """Plant faults, check, and diagnose what the check finds."""
        changed = self._changed(planted, ())
        if not changed:
            return Trial(network=self.name, planted=planted, equivalent=True)
        problem = self._problem(planted)
        outcome = check(problem, self._loaded.settings)
        wrong = {c.parameter for c in outcome.checks if c.verdict == "wrong"}
        diagnosis = diagnose(self._loaded.network, problem, outcome, self._faults, self._losses)
        return Trial(
            network=self.name,
            planted=planted,
            equivalent=False,
            detected=bool(wrong),
            named=tuple(tuple(plant.fault.code for plant in plants_) for plants_ in diagnosis.sets),
            accused=tuple(sorted(wrong - changed)),
        )

    def _problem(self, planted: tuple[Plant, ...]) -> Problem:
        claims = mistaken.claimant(self._loaded.network, self.own, planted)
        return replace(self._loaded.problem, claims=claims)

    def _matters(self, pair: Sequence[Plant], plant: Plant) -> bool:
        return bool(self._changed(pair, [other for other in pair if other is not plant]))

    def _changed(self, planted: Sequence[Plant], beside: Sequence[Plant]) -> set[str]:
        """Return the parameters whose gradients differ between two sets of faults."""
        names = set()
        for reference in self.references:
            one, other = reference.planted(planted), reference.planted(beside)
            names |= {name for name in one if gap(one[name], other[name]) > GIVEN}
        return names
