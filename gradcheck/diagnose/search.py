"""The search for the faults that together make the claimed gradients.

Every fault that can be made in the network is planted in the right backward pass. One that gives
the claims exactly, at every probe, is the explanation. Otherwise the wrong parameters nearest the
loss, the frontier, are explained first: what gets one of them right without spoiling
what is right nearer the loss is kept, and the search goes on with it in place. Where no single
fault does, two are planted at once; last come faults with a constant, which is fitted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from gradcheck.array import Array
from gradcheck.diagnose.case import EXACT, LOOSE, Case, gap
from gradcheck.network.plant import Plant
from gradcheck.record import record

DEPTH = 3
"""Faults that are looked for together."""

BEAM = 8
"""Partial explanations that are pursued side by side."""

PAIRS = 4000
"""Pairs that are tried at one frontier."""

GAP = 1e3
"""How many times worse all else must be where a claim is too rounded for an exact match."""


@record
class Found:
    """Sets of plants whose gradients are the claims, the best first, and what came nearest.

    `miss` is the relative residual of the first; `near` are the best that do not match.
    """

    sets: tuple[tuple[Plant, ...], ...]
    miss: float
    near: tuple[tuple[Plant, float], ...] = ()


def search(case: Case, candidates: Sequence[Plant]) -> Found:
    """Return what explains the case; `sets` is empty where nothing does."""
    free = _free(candidates)
    single, near = _singles(case, free)
    if single.sets:
        return replace(single, near=near)
    several = _several(case, free, [plant for plant in candidates if plant not in free])
    return replace(several, near=near)


def confirmed(case: Case, found: Found, candidates: Callable[[], Sequence[Plant]]) -> Found:
    """Return what was found in a case's twin as far as it explains the case itself.

    Where nothing does, the case itself is searched: for one fault, or, if the twin has several
    that explain it, for as many.
    """
    whole = _matching(case, found.sets)
    if whole.sets:
        lead = case.telling()[0]
        scored = ((plant, case.miss([plant], lead)) for plant, _ in found.near)
        return replace(whole, near=tuple(sorted(scored, key=lambda pair: pair[1])))
    if found.sets:
        return search(case, candidates())
    single, near = _singles(case, _free(candidates()))
    return replace(single, near=near)


def _free(candidates: Sequence[Plant]) -> list[Plant]:
    """Return the faults without a constant."""
    return [plant for plant in candidates if plant.fault.constant is None]


def _singles(
    case: Case, candidates: Sequence[Plant]
) -> tuple[Found, tuple[tuple[Plant, float], ...]]:
    lead = case.telling()[0]
    # What does not reach the wrong parameter nearest the loss explains nothing alone.
    able = [p for p in candidates if case.references[lead].reaches(p, case.wrong[:1])]
    scored = [(case.miss([plant], lead, LOOSE), plant) for plant in able]
    close = [plant for miss, plant in scored if miss <= LOOSE]
    found = _matching(case, [(plant,) for plant in close])
    taken = {id(plant) for plants in found.sets for plant in plants}
    others = sorted(
        ((miss, k) for k, (miss, plant) in enumerate(scored) if id(plant) not in taken),
    )[:DEPTH]
    full = ((scored[k][1], case.miss([scored[k][1]], lead)) for _, k in others)
    return found, tuple(sorted(full, key=lambda pair: pair[1]))


def _matching(case: Case, sets: Sequence[tuple[Plant, ...]]) -> Found:
    """Return the sets that give the claims at every probe, and no others that come near."""
    scored = sorted(((case.misses(plants, LOOSE), k) for k, plants in enumerate(sets)))
    scored = [(miss, k) for miss, k in scored if miss <= LOOSE]
    if not scored:
        return Found(sets=(), miss=np.inf)
    best = scored[0][0]
    same = [k for miss, k in scored if miss <= EXACT or _equal(case, sets[scored[0][1]], sets[k])]
    if best > EXACT and any(miss < GAP * best for miss, k in scored if k not in same):
        return Found(sets=(), miss=best)
    return Found(sets=tuple(sets[k] for k in sorted(same)), miss=best)


def _equal(case: Case, one: Sequence[Plant], other: Sequence[Plant]) -> bool:
    """Tell whether two sets give the same gradients at every probe."""
    for reference in case.references:
        first, second = reference.planted(one), reference.planted(other)
        if any(gap(first[name], second[name]) > EXACT for name in case.compared):
            return False
    return True


def _several(case: Case, free: Sequence[Plant], fitted: Sequence[Plant]) -> Found:
    states: list[tuple[Plant, ...]] = [()]
    for _ in range(DEPTH):
        frontiers = [_Frontier(case, _lead(case, state), state, free, fitted) for state in states]
        for stage in STAGES:
            for frontier in frontiers:
                frontier.grow(stage)
            whole = _matching(case, [plants for f in frontiers for plants in f.whole])
            if whole.sets:
                fewest = min(map(len, whole.sets))
                return replace(whole, sets=tuple(s for s in whole.sets if len(s) == fewest))
        grown = [(left, p) for f in frontiers for left, p in f.grown if left > 0 and len(p) < DEPTH]
        states = [plants for _, plants in sorted(grown, key=lambda pair: pair[0])[:BEAM]]
    return Found(sets=(), miss=np.inf)


def _lead(case: Case, state: tuple[Plant, ...]) -> int:
    """Return the most telling probe that a state does not explain yet."""
    probes = case.telling()
    return next((k for k in probes if case.miss(state, k, LOOSE) > LOOSE), probes[0])


class _Frontier:
    """The wrong parameters nearest the loss, given the faults that are in place already."""

    def __init__(
        self,
        case: Case,
        lead: int,
        state: tuple[Plant, ...],
        free: Sequence[Plant],
        fitted: Sequence[Plant],
    ) -> None:
        self._case, self._lead, self.state = case, lead, state
        self.reference = case.references[lead]
        self.claims = case.claims[lead]
        self._now = now = self.reference.planted(state)
        order = [name for name in self.reference.gradients if name in case.compared]
        off = [name for name in order if not case.fits(name, now[name], lead, LOOSE)]
        first = self.reference.completed_at(off[0]) if off else -1
        self.names = [name for name in off if self.reference.completed_at(name) == first]
        self._outer = [name for name in order[: order.index(off[0])] if off] if off else []
        self._order = order
        self.free = [plant for plant in free if self.reference.reaches(plant, self.names)]
        self.fitted = [plant for plant in fitted if self.reference.reaches(plant, self.names)]
        self.grown: list[tuple[int, tuple[Plant, ...]]] = []
        """The state with what explains a parameter of the frontier, and how much stays wrong."""

    @property
    def whole(self) -> list[tuple[Plant, ...]]:
        """The sets of faults found so far that leave nothing wrong."""
        return [plants for left, plants in self.grown if left == 0]

    def grow(self, stage: Callable[["_Frontier"], Iterator[tuple[Plant, ...]]]) -> None:
        """Try what a stage adds, unless what was found before makes it idle."""
        if not self.grown or (stage is _Frontier.constants and not self.whole):
            self.grown += self._explained(stage(self))

    def _explained(
        self, additions: Iterator[tuple[Plant, ...]]
    ) -> list[tuple[int, tuple[Plant, ...]]]:
        """Return the state with each addition that gets a parameter of the frontier right."""
        found = []
        for addition in additions:
            plants = (*self.state, *addition)
            if not self._helps(plants):
                continue
            left = self._left(plants)
            if left == 0 and self._case.misses(plants, LOOSE) > LOOSE:
                # A constant that fits here alone fits by accident; else a fault hides here.
                if any(plant.constant is not None for plant in plants):
                    continue
                left = 1
            found.append((left, plants))
        return found

    def changes(self, plants: Sequence[Plant]) -> dict[str, Array] | None:
        """Return the frontier's gradients under the plants; None if something outer is spoiled."""
        found: dict[str, Array] = {}
        for name, gradient in self.reference.changed(plants):
            if name in self.names:
                found[name] = gradient
                if len(found) == len(self.names):
                    break
            elif name in self._outer and not self._fits(name, gradient):
                return None
            elif name in self._order and name not in self._outer:
                break
        return found

    def singles(self) -> Iterator[tuple[Plant, ...]]:
        """Yield the faults without a constant."""
        return ((plant,) for plant in self.free)

    def constants(self) -> Iterator[tuple[Plant, ...]]:
        """Yield the faults with a constant, fitted."""
        return _constants(self, ())

    def scaled(self) -> Iterator[tuple[Plant, ...]]:
        """Yield pairs: a fault that gives the claims but for a factor, and one that is a factor."""
        parallel = [p for p, c in self._touching if self._slant(c, self.claims) < LOOSE]
        factors = [p for p, c in self._touching if self._slant(c, self._now) < LOOSE]
        for one in parallel:
            for other in factors:
                if one is not other:
                    yield other, one
                    yield one, other

    def constants_beside(self) -> Iterator[tuple[Plant, ...]]:
        """Yield pairs of a fault without a constant and one with, fitted."""
        return (pair for plant, _ in self._touching for pair in _constants(self, (plant,)))

    def pairs(self) -> Iterator[tuple[Plant, ...]]:
        """Yield pairs of faults that both touch the frontier, those that may fit first."""
        order = sorted(self._touching, key=lambda pair: self._slant(pair[1], self.claims))
        tried = 0
        for k, (one, _) in enumerate(order):
            for other, _ in order[:k]:
                if tried == PAIRS:
                    return
                tried += 1
                yield other, one
                if one.node == other.node:
                    yield one, other

    @cached_property
    def _touching(self) -> list[tuple[Plant, dict[str, Array]]]:
        """The faults that change the frontier, with its gradients then."""
        return [(p, c) for p in self.free if (c := self.changes((*self.state, p)))]

    def _slant(self, changes: dict[str, Array], others: Mapping[str, Array]) -> float:
        """Return how far a gradient of the frontier is from another's but for a factor."""
        return min(1 - abs(_cosine(g, others[name])) for name, g in changes.items())

    def _helps(self, plants: Sequence[Plant]) -> bool:
        changes = self.changes(plants)
        return bool(changes) and any(self._fits(name, g) for name, g in (changes or {}).items())

    def _left(self, plants: Sequence[Plant]) -> int:
        """Return how many parameters are wrong with the plants in place."""
        now = self.reference.planted(plants)
        return sum(not self._fits(name, now[name]) for name in self._order)

    def _fits(self, name: str, gradient: Array) -> bool:
        return self._case.fits(name, gradient, self._lead, LOOSE)


STAGES = (
    _Frontier.singles,
    _Frontier.constants,
    _Frontier.scaled,
    _Frontier.constants_beside,
    _Frontier.pairs,
)
"""What is tried at the frontiers of all states, the likeliest and cheapest first."""


def _constants(frontier: _Frontier, beside: tuple[Plant, ...]) -> Iterator[tuple[Plant, ...]]:
    """Yield faults, `beside` others, with the constant that fits the frontier best."""
    for plant in frontier.fitted:
        at = _planter(frontier, plant, beside)
        zero, one = at(0.0), at(1.0)
        for name in frontier.names:
            if zero is None or one is None or name not in zero or name not in one:
                continue
            slope = (one[name] - zero[name]).ravel()
            length = float(slope @ slope)
            wanted = (frontier.claims[name] - zero[name]).ravel()
            if length and (constant := float(slope @ wanted) / length) > 0:
                yield (*beside, replace(plant, constant=constant))


def _planter(
    frontier: _Frontier, plant: Plant, beside: tuple[Plant, ...]
) -> Callable[[float], dict[str, Array] | None]:
    return lambda constant: frontier.changes(
        (*frontier.state, *beside, replace(plant, constant=constant))
    )


def _cosine(one: Array, other: Array) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.vdot(one, other)) / length if length else 0.0
