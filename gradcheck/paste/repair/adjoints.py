"""The loss's true derivatives by the forward pass's values, and what equals them.

Noise is added to a value while the step runs, in a few random directions, up and down: how far
the loss moves is the derivative along them. A backward value whose products with the same
directions are a multiple of those is that derivative.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.understanding.candidates import by_site, values
from gradcheck.paste.understanding.steps import Trial
from gradcheck.record import record

_LINES = 3
_STEP = 1e-4
_CLOSE = 1e-5
_MOST_RUNS = 240
_SECONDS = 0.6
"""How long all of these runs may take, by the time of one of them."""


@record
class Match:
    """A backward value that is `factor` times the loss's derivative by a forward value."""

    by: str
    line: int
    factor: float


@record
class Adjoint:
    """The loss's derivative by one value, along a few directions."""

    name: str
    line: int
    directions: Array
    slopes: Array


def match(value: Array, known: Iterable[Adjoint]) -> Match | None:
    """Return what a value is the derivative by, up to a factor; the latest, of several."""
    best = None
    for one in known:
        if one.directions.shape[1:] != value.shape:
            continue
        own = one.directions.reshape(_LINES, -1) @ value.ravel()
        factor = float(own @ one.slopes / (one.slopes @ one.slopes))
        left = np.linalg.norm(own - factor * one.slopes)
        if factor and left <= _CLOSE * np.linalg.norm(own):
            best = Match(by=one.name, line=one.line, factor=factor)
    return best


class Slopes:
    """Runs of a step in which some of the values at `sites` are moved."""

    def __init__(self, bench: Bench, sites: frozenset[int]) -> None:
        self._bench = bench
        self._plan = bench.step.plan(sites | bench.sites)
        self.plain = self.run({}, sites | bench.sites)

    def run(self, inject: Mapping[int, Any], recorded: frozenset[int]) -> Trial:
        point = self._bench.points[0]
        step = replace(self._bench.step, first=point.first)
        plan = self._plan
        if self._bench.slow and inject:
            # Hooks of inner loops take longer than to compile the program once more.
            plan = step.plan(frozenset(inject) | recorded)
        return step.trial(point.point, plan, rate=0.0, recorded=recorded, inject=inject)

    def most(self, seconds: float, runs: int) -> int:
        """Return how many derivatives there is time for."""
        most = min(runs, int(seconds / max(self.plain.seconds, 1e-4)))
        return most // (2 * _LINES)

    def by(self, site: int, value: Array, text: str, turn: int = 0) -> Adjoint | None:
        """Return the derivative by what a site makes of itself at one turn."""
        lines = Chance([site, turn]).normal(size=(_LINES, *value.shape))
        size = _STEP * (float(np.sqrt(np.mean(value**2))) or 1.0)
        slopes = [self._slope(site, turn, size * line) / size for line in lines]
        if not np.all(np.isfinite(slopes)) or not np.any(slopes):
            return None
        there = self._bench.machine.sites[site]
        return Adjoint(
            name=there.names[0] if there.names else text,
            line=there.line,
            directions=lines,
            slopes=np.array(slopes),
        )

    def _slope(self, site: int, turn: int, step: Array) -> float:
        sites = self._bench.sites
        up, down = (self.run({site: at(turn, sign * step)}, sites) for sign in (1.0, -1.0))
        if up.failed or down.failed:
            return float("nan")
        (high,), (low,) = (values([self._bench.loss], trial.events) for trial in (up, down))
        return float(high - low) / 2


def at(turn: int, step: Array) -> Callable[[Any], Any]:
    """Return what adds a step to the value that a site has at one turn, and to no other."""
    count = -1

    def added(_: Any) -> Any:
        nonlocal count
        count += 1
        return step if count == turn else 0.0

    return added


class Adjoints:
    """The derivatives by those values of one step that its forward statements compute once."""

    def __init__(self, bench: Bench, influences: Mapping[int, Influence]) -> None:
        self._bench = bench
        self._statements = [bench.statements[number] for number in influences]
        sites = frozenset().union(*(s.sites for s in self._statements))
        self._slopes = Slopes(bench, sites)
        self._values = {
            site: [event.value for event in events]
            for site, events in by_site(self._slopes.plain.events).items()
        }
        forward = [s for s in self._statements if influences[s.number].forward]
        self._known = list(self._differentiated(forward))
        backward = [s for s in self._statements if not influences[s.number].forward]
        self.matches: Mapping[int, Match] = dict(self._matched(backward))
        """What each backward statement computes, where it is a derivative, by number."""

    def comparable(self, statement: Statement) -> bool:
        """Tell whether a statement's value should be a derivative by one of those values.

        What has a parameter's shape may be its gradient, which is told elsewhere.
        """
        value = self._value(statement)
        if value is None:
            return False
        own = {np.shape(value) for value in self._bench.points[0].point.values()}
        shapes = {one.directions.shape[1:] for one in self._known}
        return value.shape in shapes and own.isdisjoint({value.shape, value.shape[::-1]})

    def _value(self, statement: Statement) -> Array | None:
        """Return the one value that a statement computes; None where there are more, or none."""
        found = [v for site in statement.sites for v in self._values.get(site, ())]
        if len(found) != 1 or np.size(found[0]) < 2:
            return None
        return np.asarray(found[0])

    def _differentiated(self, forward: list[Statement]) -> Iterator[Adjoint]:
        for statement in forward[: self._slopes.most(_SECONDS, _MOST_RUNS)]:
            value = self._value(statement)
            if value is None:
                continue
            (site,) = (s for s in statement.sites if self._values.get(s))
            found = self._slopes.by(site, value, statement.text)
            if found is not None:
                yield found

    def _matched(self, backward: list[Statement]) -> Iterator[tuple[int, Match]]:
        for statement in backward:
            value = self._value(statement)
            found = None if value is None else match(value, self._known)
            if found is not None:
                yield statement.number, found
