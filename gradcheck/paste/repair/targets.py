"""What values on the way back should be: the loss's derivatives by those of single executions.

Loops and functions compute under one name again and again, and formulas have parts without any.
Each has a derivative of its own. A loop begins its turns with what it got from the turn before;
that has one, too: what follows from it there, and not from its other uses.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from types import FrameType
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.scope import evaluated, visible
from gradcheck.paste.repair.statements import Statement, openings, unnamed
from gradcheck.paste.repair.steepness import steepness
from gradcheck.paste.repair.tables import LINES, Table, Target, target
from gradcheck.paste.understanding.candidates import values
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.values import frozen

_LARGEST = 40_000
_MOST_RUNS = 600
_SECONDS = 2.0
"""How long all of these runs may take, by the time of one of them."""

_TURNS = 3
"""So many executions of what is executed again and again have targets."""

_MOST_CARRIED = 24


class Targets:
    """The targets of a step: of what the way back reaches first, and of what next."""

    def __init__(self, bench: Bench, influences: Mapping[int, Influence]) -> None:
        self._bench = bench
        own = [bench.statements[number] for number in influences]
        self._forward = [s for s in own if influences[s.number].forward]
        self._backward = [
            s for s in own if not influences[s.number].forward and influences[s.number].parameters
        ]
        self.own = {path: np.shape(value) for path, value in bench.points[0].point.items()}
        """The shapes of parameters: what has one of them may be a gradient."""
        sites = frozenset().union(*(s.sites for s in own), *map(unnamed, self._forward))
        self._plan = bench.step.plan(sites | {bench.loss.site})
        self._sites = sites

    @cached_property
    def backward(self) -> list[Statement]:
        """The statements on the way back, in the order in which they are first executed."""
        begun = {s.number: min(places) for s in self._backward if (places := self._places(s))}
        return sorted(
            (s for s in self._backward if s.number in begun), key=lambda s: begun[s.number]
        )

    def _places(self, statement: Statement) -> list[int]:
        return [place for site in statement.sites for place, _ in self._events.get(site, ())]

    def values(self, statement: Statement) -> list[Array]:
        """Return what a statement computes, execution by execution."""
        found = [pair for site in statement.sites for pair in self._events.get(site, ())]
        ordered = sorted(found, key=lambda pair: pair[0])
        return [np.asarray(event.value) for _, event in ordered]

    def doubled(self, statement: Statement) -> Mapping[int, list[Array]]:
        """Return what statements compute where one of them computes twice as much."""
        trial = self._trial(self._sites, inject=dict.fromkeys(statement.sites, frozen))
        found: dict[int, list[Array]] = {}
        for event in trial.events:
            found.setdefault(event.site, []).append(np.asarray(event.value))
        return {
            other.number: [value for site in other.sites for value in found.get(site, ())]
            for other in self.backward
        }

    @cached_property
    def table(self) -> Table:
        return Table([*self._measured()])

    @cached_property
    def factors(self) -> frozenset[float]:
        """What the derivatives that the way back makes are multiplied by, whatever their signs."""
        made = (value for one in self.backward for value in self.values(one)[:_TURNS])
        return frozenset(abs(f) for value in made for f in self.table.matches(value).values())

    @cached_property
    def steepness(self) -> Table:
        """The derivatives of activations, as functions that compute them should make them."""
        return Table(steepness(self._bench, self._forward))

    @cached_property
    def gradients(self) -> Table:
        """The loss's derivatives by the parameters, as measured along with the claims."""
        point = self._bench.points[0]
        found = []
        for path in self._bench.parameters:
            row = point.rows(path, self._bench.candidate)
            if np.size(point.point[path]) > 1 and np.any(row.slope):
                lines = np.asarray(point.lines[path])
                found.append(Target(name=str(path), line=0, directions=lines, slopes=row.slope))
        return Table(found)

    @cached_property
    def _events(self) -> Mapping[int, list[tuple[int, Event]]]:
        """The events of each site, with their places in time, in a run that moves no parameter."""
        trial = self._trial(self._sites)
        self._seconds = trial.seconds
        found: dict[int, list[tuple[int, Event]]] = {}
        for place, event in enumerate(trial.events):
            found.setdefault(event.site, []).append((place, event))
        return found

    @cached_property
    def _losses(self) -> int:
        return len(self._trial(frozenset({self._bench.loss.site})).events)

    def _trial(self, recorded: frozenset[int], **more: Any) -> Any:
        point = self._bench.points[0]
        step = replace(self._bench.step, first=point.first)
        return step.trial(point.point, self._plan, rate=0.0, recorded=recorded, **more)

    def _measured(self) -> Iterator[Target]:
        """Measure until the runs are used up: whole statements, what turns begin with, parts."""
        events = self._events
        left = min(_MOST_RUNS, int(_SECONDS / max(self._seconds, 1e-4)))
        for turn in range(_TURNS):
            for name, line, value, slope in self._probes(events, turn):
                if left < 2 * LINES:
                    return
                found = target(name, line, value, slope)
                left -= 2 * LINES if found else 2
                if found:
                    yield found

    def _probes(
        self, events: Mapping[int, list[tuple[int, Event]]], turn: int
    ) -> Iterator[tuple[str, int, Array, Callable[[Array], float]]]:
        names = self._bench.machine.sites
        for statement in self._forward:
            for site in statement.sites:
                yield from self._probe(events.get(site, []), turn, statement, names[site].names)
        yield from self._scaled(events, turn)
        yield from self._carried(events, turn)
        for statement in self._forward:
            for site in unnamed(statement):
                yield from self._probe(events.get(site, []), turn, statement, (names[site].text,))

    def _probe(
        self,
        own: list[tuple[int, Event]],
        turn: int,
        statement: Statement,
        names: Sequence[str],
    ) -> Iterator[tuple[str, int, Array, Callable[[Array], float]]]:
        at = self._occurrence(own, turn)
        if at is None:
            return
        event = own[at][1]
        value = np.asarray(event.value)
        if 1 < value.size <= _LARGEST:
            name = names[0] if names else statement.text

            yield name, statement.line, value, partial(self._slope, event.site, at)

    def _occurrence(self, own: list[tuple[int, Event]], turn: int) -> int | None:
        """Return which execution of a statement the way back reaches first, or next."""
        if turn >= len(own):
            return None
        if len(own) == 1 or self._is_interleaved(own):
            return turn
        return len(own) - 1 - turn

    def _is_interleaved(self, own: list[tuple[int, Event]]) -> bool:
        """Tell whether most of the way back begins before a statement is executed once more."""
        begins = [min(p) for s in self._backward if len(p := self._places(s)) > 1]
        early = [place for place in begins if own[0][0] < place < own[1][0]]
        return 2 * len(early) > len(begins)

    def _slope(self, site: int, at: int, step: Array) -> float:
        up, down = (self._injected(site, at, sign * step) for sign in (1.0, -1.0))
        return (up - down) / 2

    def _injected(self, site: int, occurrence: int, step: Array) -> float:
        once = _Once(occurrence, step)
        recorded = frozenset({self._bench.loss.site})
        trial = self._trial(recorded, most=self._losses, inject={site: once})
        return self._loss(trial)

    def _loss(self, trial: Any) -> float:
        if trial.failed or len(trial.events) != self._losses:
            return float("nan")
        return float(values([self._bench.loss], trial.events)[0])

    def _scaled(
        self, events: Mapping[int, list[tuple[int, Event]]], turn: int
    ) -> Iterator[tuple[str, int, Array, Callable[[Array], float]]]:
        """Yield what is scaled in place, as seen by the statement behind: `a1 /= keep`."""
        for statement in self._forward:
            node, body = statement.node, statement.body
            if not isinstance(node, ast.AugAssign) or isinstance(node.op, ast.Add | ast.Sub):
                continue
            behind = body[next(k for k, s in enumerate(body) if s is node) + 1 :]
            after = self._bench.statements.get(of(behind[0])) if behind else None
            own = events.get(statement.number, [])
            at = self._occurrence(own, turn)
            if after is None or at is None:
                continue
            value, text = np.asarray(own[at][1].value), ast.unparse(node.target)
            if 1 < value.size <= _LARGEST:
                yield text, statement.line, value, partial(self._follows, after, at, text)

    def _carried(
        self, events: Mapping[int, list[tuple[int, Event]]], turn: int
    ) -> Iterator[tuple[str, int, Array, Callable[[Array], float]]]:
        """Yield what a turn of a loop on the way to the loss begins with."""
        for statement in openings(self._forward):
            own = [pair for site in statement.sites for pair in events.get(site, ())]
            at = self._occurrence(sorted(own, key=lambda pair: pair[0]), turn)
            if at is None or at == 0 or len(own) < 2:
                continue
            for text, value in self._moving(statement, at):
                yield text, statement.line, value, partial(self._follows, statement, at, text)

    def _follows(self, statement: Statement, at: int, text: str, step: Array) -> float:
        up, down = (self._shifted(statement, at, text, sign * step) for sign in (1.0, -1.0))
        return (up - down) / 2

    def _moving(self, statement: Statement, at: int) -> Iterator[tuple[str, Array]]:
        """Yield the arrays that a statement sees, and that depend on the parameters."""
        count = min(2, len(self._bench.points))
        seen = [self._seen(statement, at, k) for k in range(count)]
        own = [np.asarray(value) for value in self._bench.points[0].point.values()]
        found = 0
        for text, value in seen[0].items():
            other = seen[-1].get(text)
            if other is None or other.shape != value.shape or np.array_equal(value, other):
                continue
            if not any(value.shape == o.shape and np.array_equal(value, o) for o in own):
                found += 1
                if found <= _MOST_CARRIED:
                    yield text, value

    def _seen(self, statement: Statement, at: int, point: int) -> Mapping[str, Array]:
        found: dict[str, Array] = {}
        things: set[int] = set()

        def look(number: int, execution: int, frame: FrameType) -> None:
            if execution != at:
                return
            for text in visible(self._bench, number, frame):
                thing = evaluated(text, frame)
                if _is_open(thing) and id(thing) not in things:
                    things.add(id(thing))
                    found[text] = np.array(thing)

        self._bench.watch({}, [statement.number], look, point)
        return found

    def _shifted(self, statement: Statement, at: int, text: str, step: Array) -> float:
        def shift(_: int, execution: int, frame: FrameType) -> None:
            thing = evaluated(text, frame) if execution == at else None
            if thing is not None and _is_open(thing) and thing.shape == step.shape:
                thing += step

        return self._loss(self._bench.watch({}, [statement.number], shift, most=self._losses))


class _Once:
    """An injection into one execution of a site."""

    def __init__(self, occurrence: int, step: Array) -> None:
        self._left = occurrence
        self._step = step

    def __call__(self, value: Any) -> Any:
        self._left -= 1
        return self._step if self._left == -1 and np.shape(value) == self._step.shape else 0.0


def _is_open(thing: Any) -> bool:
    """Tell arrays that can be changed in place."""
    return (
        isinstance(thing, np.ndarray)
        and thing.dtype.kind == "f"
        and 1 < thing.size <= _LARGEST
        and thing.flags.writeable
    )
