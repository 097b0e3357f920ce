"""Trials: faults planted in a network, and whether the check sees and diagnosis names them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from zlib import crc32

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.config.load import Loaded
from gradcheck.diagnose.case import Case, gap
from gradcheck.diagnose.search import search
from gradcheck.fault import Fault
from gradcheck.network.plant import Plant, spoken
from gradcheck.network.planted import Reference, plants
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.record import record
from gradcheck.referee import Outcome, check, selected
from gradcheck.selftest.memory import Memory

POINTS = 2
"""Probes at which each trial is made; the sizes of the networks leave nothing for a third."""

GIVEN = 1e-8
"""The relative change of a gradient up to which a fault is not there, given the others."""


@record
class Trial:
    """What became of faults planted in one network, by their sorted codes.

    `named` holds the codes of every set of faults that diagnosis gave, the first the one it chose.
    """

    network: str
    codes: tuple[str, ...]
    places: tuple[str, ...]
    equivalent: bool
    detected: bool = False
    named: tuple[tuple[str, ...], ...] = ()
    accused: tuple[str, ...] = ()
    """Parameters said to be wrong whose gradients the faults do not change."""

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

    def __init__(self, loaded: Loaded, faults: Iterable[Fault]) -> None:
        self._network = loaded.network
        self._settings = replace(
            loaded.settings,
            points=min(POINTS, loaded.settings.points, loaded.problem.probes or POINTS),
            audit=False,
        )
        self._remembered = Memory(loaded.problem).problem()
        self.name = loaded.problem.name
        self._claimed = frozenset(selected(loaded.problem, self._settings))
        self._references: dict[int, Reference] = {}
        points = [self._remembered.probe(k, 0) for k in range(self._settings.points)]
        self.own = points[0]
        first = self._references[id(self.own)] = Reference(loaded.network, self.own, remember=True)
        self.references = (
            first,
            *(Reference(loaded.network, p, first, remember=True) for p in points[1:]),
        )
        self.plants = tuple(
            plant for fault in faults for plant in plants(self.references[-1], fault)
        )

    def right(self) -> Outcome:
        """Check the network's own backprop as it is, the numeric side audited once for all."""
        return check(self._problem(()), replace(self._settings, audit=True))

    def singles(self, codes: Collection[str]) -> Iterator[Trial]:
        """Try faults at every place that they fit, one at a time."""
        for plant in self.plants:
            if plant.fault.code in codes:
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
        codes = tuple(sorted(plant.fault.code for plant in planted))
        places = tuple(map(spoken, planted))
        if not changed:
            return Trial(network=self.name, codes=codes, places=places, equivalent=True)
        problem = self._problem(planted)
        outcome = check(problem, self._settings, explain=False)
        wrong = {c.parameter for c in outcome.checks if c.verdict == "wrong"}
        found = search(self._case(planted, wrong), self.plants)
        return Trial(
            network=self.name,
            codes=codes,
            places=places,
            equivalent=False,
            detected=bool(wrong),
            named=tuple(tuple(plant.fault.code for plant in plants_) for plants_ in found.sets),
            accused=tuple(sorted(wrong - changed)),
        )

    def _problem(self, planted: tuple[Plant, ...]) -> Problem:
        def claims(probes: Sequence[Probe]) -> list[Claims]:
            return [self._reference(probe).planted(planted) for probe in probes]

        return replace(self._remembered, claims=claims)

    def _reference(self, probe: Probe) -> Reference:
        """Return the right pass at a probe; the probe is kept with it, so that its id stays its."""
        if id(probe) not in self._references:
            first = None if probe is self.own else self.references[0]
            self._references[id(probe)] = Reference(self._network, probe, first)
        return self._references[id(probe)]

    def _case(self, planted: tuple[Plant, ...], wrong: Collection[str]) -> Case:
        order = tuple(name for name in self.references[0].gradients if name in self._claimed)
        return Case(
            references=self.references,
            claims=tuple(self._claims(reference, planted) for reference in self.references),
            wrong=tuple(name for name in order if name in wrong),
            compared=order,
        )

    def _claims(self, reference: Reference, planted: Sequence[Plant]) -> dict[str, Array]:
        return {n: g for n, g in reference.planted(planted).items() if n in self._claimed}

    def _matters(self, pair: Sequence[Plant], plant: Plant) -> bool:
        return bool(self._changed(pair, [other for other in pair if other is not plant]))

    def _changed(self, planted: Sequence[Plant], beside: Sequence[Plant]) -> set[str]:
        """Return the claimed parameters whose gradients differ between two sets of faults."""
        names = set()
        for reference in self.references:
            one, other = self._claims(reference, planted), self._claims(reference, beside)
            names |= {name for name in one if gap(one[name], other[name]) > GIVEN}
        return names
