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
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.injections import Doubled, Once
from gradcheck.paste.repair.shifts import Shifts
from gradcheck.paste.repair.statements import Statement, openings, unnamed
from gradcheck.paste.repair.steepness import steepness
from gradcheck.paste.repair.sums import completing, filling
from gradcheck.paste.repair.tables import LARGEST, LINES, Table, Target, target
from gradcheck.paste.understanding.candidates import values
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.values import frozen

Events: TypeAlias = Mapping[int, list[tuple[int, Event]]]
"""The events of each site, with their places in time."""

Probe: TypeAlias = tuple[str, int, Array, Callable[[Array], float]]
"""A value's name and line, what it is, and how much a step of it changes the loss."""

_MOST_RUNS = 600
_SECONDS = 2.0
"""How long all of these runs may take, by the time of one of them."""

_TURNS = 3
"""So many executions of what is executed again and again have targets."""


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
        begun = {s.number: min(places) for s in self._backward if (places := self.places(s))}
        return sorted(
            (s for s in self._backward if s.number in begun), key=lambda s: begun[s.number]
        )

    def places(self, statement: Statement) -> list[int]:
        """Return the places in time of a statement's executions."""
        return [place for site in statement.sites for place, _ in self._events.get(site, ())]

    def values(self, statement: Statement) -> list[Array]:
        """Return what a statement computes, execution by execution."""
        found = [pair for site in statement.sites for pair in self._events.get(site, ())]
        ordered = sorted(found, key=lambda pair: pair[0])
        return [np.asarray(event.value) for _, event in ordered]

    def doubled(self, statement: Statement, at: int | None = None) -> Mapping[int, list[Array]]:
        """Return what statements compute where one of them, or one run of it, makes twice as much.

        `at` is the place in time of that run.
        """
        inject: dict[int, Any] = dict.fromkeys(statement.sites, frozen)
        if at is not None:
            own = {site: self._events.get(site, []) for site in statement.sites}
            runs = {site: [place for place, _ in pairs] for site, pairs in own.items()}
            turn = next(places.index(at) for places in runs.values() if at in places)
            inject = {s: Doubled(turn) for s, places in runs.items() if len(places) > turn}
        trial = self._trial(self._sites, inject=inject)
        found: dict[int, list[Array]] = {}
        for event in trial.events:
            found.setdefault(event.site, []).append(np.asarray(event.value))
        return {
            other.number: [value for site in other.sites for value in found.get(site, ())]
            for other in self.backward
        }

    @cached_property
    def sums(self) -> Mapping[int, Statement]:
        """The statements on the way back that make parts of sums, with those that complete them."""
        return completing(self.backward)

    @cached_property
    def filled(self) -> Mapping[int, Sequence[Statement]]:
        """The statements that hand on arrays, with those that fill them entry by entry."""
        return filling(self.backward)

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
    def _events(self) -> Events:
        """The events of each site, with their places in time, in a run that moves no parameter."""
        trial = self._trial(self._sites)
        found: dict[int, list[tuple[int, Event]]] = {}
        for place, event in enumerate(trial.events):
            found.setdefault(event.site, []).append((place, event))
        return found

    @cached_property
    def _openings(self) -> Sequence[Statement]:
        backward = {statement.number for statement in self._backward}
        others = (s for s in self._bench.statements.values() if s.number not in backward)
        return [*openings(self._forward, others)]

    @cached_property
    def _executed(self) -> Mapping[int, int]:
        """How often the first statements of loops are executed."""
        found: dict[int, int] = {}

        def look(number: int, execution: int, _: FrameType) -> None:
            found[number] = execution + 1

        self._bench.watch({}, [s.number for s in self._openings], look)
        return found

    @cached_property
    def _losses(self) -> int:
        return len(self._trial(frozenset({self._bench.loss.site})).events)

    @cached_property
    def _shifts(self) -> Shifts:
        return Shifts(self._bench, self._losses, self._loss)

    def _trial(self, recorded: frozenset[int], **more: Any) -> Any:
        point = self._bench.points[0]
        step = replace(self._bench.step, first=point.first)
        return step.trial(point.point, self._plan, rate=0.0, recorded=recorded, **more)

    def _measured(self) -> Iterator[Target]:
        """Measure until the runs are used up: whole statements, what turns begin with, parts."""
        events = self._events
        alone = self._trial(frozenset({self._bench.loss.site}), most=self._losses)
        left = min(_MOST_RUNS, int(_SECONDS / max(alone.seconds, 1e-4)))
        for turn in range(_TURNS):
            for carried, probes in self._probes(events, turn):
                for name, line, value, slope in probes:
                    if left < 2 * LINES:
                        return
                    found = target(name, line, value, slope)
                    left -= 2 * LINES if found else 2
                    if found:
                        yield replace(found, carried=carried)

    def _probes(self, events: Events, turn: int) -> Iterator[tuple[bool, Iterator[Probe]]]:
        """Yield what to measure in a turn, and whether that is what the turn begins with."""
        yield False, self._named(events, turn)
        yield True, self._carried(events, turn)
        yield False, self._unnamed(events, turn)

    def _named(self, events: Events, turn: int) -> Iterator[Probe]:
        names = self._bench.machine.sites
        for statement in self._forward:
            for site in statement.sites:
                yield from self._probe(events.get(site, []), turn, statement, names[site].names)
        yield from self._scaled(events, turn)

    def _unnamed(self, events: Events, turn: int) -> Iterator[Probe]:
        names = self._bench.machine.sites
        for statement in self._forward:
            for site in unnamed(statement):
                yield from self._probe(events.get(site, []), turn, statement, (names[site].text,))

    def _probe(
        self,
        own: list[tuple[int, Event]],
        turn: int,
        statement: Statement,
        names: Sequence[str],
    ) -> Iterator[Probe]:
        at = self._occurrence(own, turn)
        if at is None:
            return
        event = own[at][1]
        value = np.asarray(event.value)
        if 1 < value.size <= LARGEST:
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
        begins = [min(p) for s in self._backward if len(p := self.places(s)) > 1]
        early = [place for place in begins if own[0][0] < place < own[1][0]]
        return 2 * len(early) > len(begins)

    def _slope(self, site: int, at: int, step: Array) -> float:
        up, down = (self._injected(site, at, sign * step) for sign in (1.0, -1.0))
        return (up - down) / 2

    def _injected(self, site: int, occurrence: int, step: Array) -> float:
        once = Once(occurrence, step)
        recorded = frozenset({self._bench.loss.site})
        trial = self._trial(recorded, most=self._losses, inject={site: once})
        return self._loss(trial)

    def _loss(self, trial: Any) -> float:
        if trial.failed or len(trial.events) != self._losses:
            return float("nan")
        return float(values([self._bench.loss], trial.events)[0])

    def _scaled(self, events: Events, turn: int) -> Iterator[Probe]:
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
            if 1 < value.size <= LARGEST:
                yield text, statement.line, value, partial(self._shifts.follows, after, at, text)

    def _carried(self, events: Events, turn: int) -> Iterator[Probe]:
        """Yield what a turn of a loop on the way to the loss begins with."""
        for statement in self._openings:
            own = [pair for site in statement.sites for pair in events.get(site, ())]
            at = self._occurrence(sorted(own, key=lambda pair: pair[0]), turn)
            if not own:  # What makes several things at once has no value itself.
                at = self._executed.get(statement.number, 0) - 1 - turn
            if at is None or at <= 0:
                continue
            for text, value in self._shifts.moving(statement, at):
                yield (
                    text,
                    statement.line,
                    value,
                    partial(self._shifts.hangs_on, statement, at, text),
                )
