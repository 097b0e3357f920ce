"""The loss's true derivatives by the forward pass's values, and what equals them.

Noise is added to a value while the step runs, in a few random directions, up and down: how far
the loss moves is the derivative along them. A backward value whose products with the same
directions are a multiple of those is that derivative.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.tables import spread
from gradcheck.paste.understanding.candidates import by_site, values
from gradcheck.paste.understanding.instrument import Plan
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
class _Adjoint:
    name: str
    line: int
    directions: Array
    slopes: Array


class Adjoints:
    """The derivatives by those values of one step that its forward statements compute once."""

    def __init__(self, bench: Bench, influences: Mapping[int, Influence]) -> None:
        self._bench = bench
        self._statements = [bench.statements[number] for number in influences]
        sites = frozenset().union(*(s.sites for s in self._statements))
        self._plan = bench.step.plan(sites | bench.sites)
        self._sites = sites
        self._values = self._recorded()
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

    def _recorded(self) -> dict[int, list[Any]]:
        trial = self._trial({}, self._sites | self._bench.sites)
        self._seconds = trial.seconds
        return {
            site: [event.value for event in events]
            for site, events in by_site(trial.events).items()
        }

    def _trial(self, inject: Mapping[int, Any], recorded: frozenset[int]) -> Any:
        point = self._bench.points[0]
        step = replace(self._bench.step, first=point.first)
        plan: Plan = self._plan
        return step.trial(point.point, plan, rate=0.0, recorded=recorded, inject=inject)

    def _value(self, statement: Statement) -> Array | None:
        """Return the one value that a statement computes; None where there are more, or none."""
        found = [v for site in statement.sites for v in self._values.get(site, ())]
        if len(found) != 1 or np.size(found[0]) < 2:
            return None
        return np.asarray(found[0])

    def _differentiated(self, forward: list[Statement]) -> Iterator[_Adjoint]:
        most = min(_MOST_RUNS, int(_SECONDS / max(self._seconds, 1e-4)))
        for statement in forward[: most // (2 * _LINES)]:
            value = self._value(statement)
            if value is None:
                continue
            (site,) = (s for s in statement.sites if self._values.get(s))
            lines = spread(statement.number, _LINES, value)
            slopes = [self._slope(site, _STEP * line) / _STEP for line in lines]
            name = self._bench.machine.sites[site].names
            if np.all(np.isfinite(slopes)) and np.any(slopes):
                yield _Adjoint(
                    name=name[0] if name else statement.text,
                    line=statement.line,
                    directions=lines,
                    slopes=np.array(slopes),
                )

    def _slope(self, site: int, step: Array) -> float:
        sites = self._bench.sites
        up, down = (self._trial({site: sign * step}, sites) for sign in (1.0, -1.0))
        if up.failed or down.failed:
            return float("nan")
        (high,), (low,) = (values([self._bench.loss], trial.events) for trial in (up, down))
        return float(high - low) / 2

    def _matched(self, backward: list[Statement]) -> Iterator[tuple[int, Match]]:
        for statement in backward:
            value = self._value(statement)
            match = None if value is None else self.match(value)
            if match is not None:
                yield statement.number, match

    def match(self, value: Array) -> Match | None:
        """Return what a value is the derivative by, up to a factor; the latest, of several."""
        best = None
        for one in self._known:
            if one.directions.shape[1:] != value.shape:
                continue
            own = one.directions.reshape(_LINES, -1) @ value.ravel()
            factor = float(own @ one.slopes / (one.slopes @ one.slopes))
            left = np.linalg.norm(own - factor * one.slopes)
            if factor and left <= _CLOSE * np.linalg.norm(own):
                best = Match(by=one.name, line=one.line, factor=factor)
        return best
