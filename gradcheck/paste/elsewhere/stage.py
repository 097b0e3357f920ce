"""A training step as its program starts it: its own initial values, its own data, its own rate."""

import ast
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.play import Play, pace, play
from gradcheck.paste.understanding.candidates import Candidate
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.influence import differing_events
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.understanding.neglected import settable
from gradcheck.paste.understanding.passages import Passage
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.points import Draw, drawn
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.sites import Site
from gradcheck.paste.understanding.steps import Point, Step, Trial
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

_STEPS, _FEWER = 40, 10
"""So many steps are made to see where a program goes, and where they take long."""

_BATCHES = 8
"""So many consecutive iterations' losses are averaged, as each may be of other samples."""

_ANYWHERE = 9
_LONG = 0.004
_SECONDS = 0.04

_SLOW = 0.01
"""Steps that take more seconds than this, without any hooks, are not made one after the other."""


Place: TypeAlias = Mapping[str, int]
"""The `line`, `column`, `end_line` and `end_column` of a part of a program; columns in bytes."""

_PLACE = ("line", "column", "end_line", "end_column")


@record
class Origin:
    """What of a program is the poster's own: its data, and the values that it starts from.

    Its `classes` are so too where the data are a set that everybody has.
    """

    data: bool
    classes: bool
    start: bool


class Stage:
    """One step to be tried as the program itself would make it.

    `told` is what was understood of it; `is_right` says that no claimed gradient is wrong;
    `again` gives the whole program, to be run from its beginning.
    """

    def __init__(
        self,
        inquiry: Inquiry,
        choice: Choice,
        told: Mapping[str, Any],
        *,
        origin: Origin,
        is_right: bool,
        again: Callable[[], Machine],
    ) -> None:
        self.inquiry = inquiry
        self.choice = choice
        self.told = told
        self.origin = origin
        self.is_right = is_right
        self.again = again
        self.parameters = tuple(inquiry.parameters)
        self.loss: Candidate = inquiry.candidates[choice.candidate]
        self.chosen = choice.candidate
        whole = replace(inquiry.step, data={}, constants={}, paths=self.parameters)
        is_part = any(np.ndim(value) for value in inquiry.step.data.values())
        self.is_whole = not is_part or pace(whole) < _SLOW
        """Whether the step is looked at with all its data, not a part that is faster."""
        self.step = whole if self.is_whole else replace(whole, data=inquiry.step.data)
        self.loss_at = cache(self._loss_at)
        self.walk = cache(self._walk)
        self.losses = cache(self._losses)

    def on(self, step: Step) -> "Stage":
        """Return the same stage with a step that differs, as by its data."""
        other = Stage(
            self.inquiry,
            self.choice,
            self.told,
            origin=self.origin,
            is_right=self.is_right,
            again=self.again,
        )
        other.step = step
        return other

    @property
    def base(self) -> Trial:
        """The first step with all its values and variables, the parameters held."""
        return self._first[0]

    @property
    def seconds(self) -> float:
        """How long a step keeps the processor busy, with all its hooks."""
        return self._first[1]

    @cached_property
    def _first(self) -> tuple[Trial, float]:
        step, begun = replace(self.step, paths=None), time.process_time()
        trial = step.trial({}, step.plan(None), rate=0.0)
        return trial, time.process_time() - begun

    @property
    def gradients(self) -> Mapping[Path, Any]:
        """The gradient variables of parameters that are not updated, where that is all there is."""
        if not isinstance(self.step, Passage):
            return {}
        after = self.base.after.values
        return {path: after.get(other) for path, other in self.step.gradients.items()}

    @cached_property
    def moved(self) -> Trial:
        """The same elsewhere: what differs there depends on the parameters."""
        step = settable(self.step, self.anywhere)
        return step.trial(self.anywhere, step.plan(None), rate=0.0)

    @cached_property
    def touched(self) -> frozenset[int]:
        """The sites whose values depend on the parameters."""
        found = differing_events(self.base, self.moved)
        return frozenset(self.base.events[index].site for index in found)

    @cached_property
    def start(self) -> Point:
        """The parameters' initial values; empty where the program has none at this step."""
        values = self.base.before.values
        found = {path: frozen(values.get(path)) for path in self.parameters}
        return {} if any(value is None for value in found.values()) else found

    @cached_property
    def anywhere(self) -> Point:
        """A point with numbers of either sign: biases that keep units off do so no more."""
        return {
            path: drawn(np.zeros_like(value), Draw(seed=_ANYWHERE), key)
            for key, (path, value) in enumerate({**self.start, **self.idle}.items())
        }

    @cached_property
    def idle(self) -> Point:
        """What the first step updates by nothing: its gradient is zero, whatever moves a little."""
        before, after = self.base.before.values, self.base.after.values
        things = self.base.before.things
        sums = [event for event in self.base.events if np.ndim(event.left)]
        still, adding = ([e for e in sums if _adds_nothing(e) is so] for so in (True, False))
        return {
            path: frozen(value)
            for path, value in before.items()
            if path not in self.start
            and self.step.can_set(path)
            and np.ndim(value)
            and same(frozen(value), frozen(after.get(path)))
            and any(_is_of(event, things[path], value) for event in still)
            # An accumulator may be empty again by the end.
            and not any(e.augments and e.thing is things[path] for e in adding)
        }

    @property
    def sites(self) -> Mapping[int, Site]:
        return self.inquiry.machine.sites

    @cached_property
    def walks(self) -> bool:
        """Whether steps can be made one after the other, fast enough, at other rates as well."""
        steered = {update.path for update in self.inquiry.found.updates if update.site >= 0}
        loops = self.step.loop >= 0 and steered.issuperset(self.parameters) and self.is_whole
        return loops and not self.base.failed and bool(self.start) and pace(self.step) < _SLOW

    @property
    def is_own(self) -> bool:
        """Whether both the data and the initial values are the poster's."""
        return self.origin.data and self.origin.start

    @property
    def is_plain(self) -> bool:
        """Whether the updates are multiples of the gradients, no optimizer being in between."""
        return all(entry["claim"] is None for entry in self.told["parameters"])

    @property
    def rate(self) -> float | None:
        """The learning rate, where it is known."""
        return float(self.told["rate"]["value"]) if self.told["rate"] else None

    @property
    def rate_place(self) -> Place:
        """The place that gives the learning rate its value; empty where it is not known."""
        rate = self.told["rate"]
        if not rate or not rate["line"]:
            return self.birth(rate["name"].rpartition(".")[2]) if rate else {}
        sites = (
            n for n, s in self.sites.items() if (s.line, s.text) == (rate["line"], rate["name"])
        )
        return next((self.place(site) for site in sites), {})

    def birth(self, name: str) -> Place:
        """Return the likeliest place that gives a name its value; empty where none does."""
        nodes = self.inquiry.machine.nodes.values()
        ranked = [
            (rank, _place(node)) for node in nodes if (rank := _gives(node, name)) is not None
        ]
        return min(ranked, key=lambda one: (one[0], one[1]["line"]), default=(0, {}))[1]

    def place(self, site: int) -> Place:
        """Return where a site is."""
        return _place(self.sites[site])

    def forward(self, point: Point | None = None) -> list[list[Event]]:
        """Return what depends on the parameters in a few iterations, before the loss of each."""
        first = self.ahead(self.base)
        sites = frozenset(event.site for event in first if event.site in self.touched)
        count = max(1, min(_BATCHES, int(_SECONDS / max(self.seconds, 1e-9))))
        if not sites or not self.walks:
            shown = self.ahead(self.moved) if point is self.anywhere else first
            return [[event for event in shown if event.site in sites]]
        play = self.play(point or {}, count, rate=0.0, sites=sites | self._ends)
        return [_before(events, self._ends) for events in play.iterations]

    def ahead(self, trial: Trial) -> list[Event]:
        """Return what one step's trial showed up to the first value that may be its loss."""
        return _before(trial.events, self._ends)

    @cached_property
    def _ends(self) -> frozenset[int]:
        """The sites of the loss: its own, and those of the differences that it is made of."""
        inquiry, chosen = self.inquiry, self.chosen
        return frozenset(
            candidate.site
            for index, candidate in enumerate(inquiry.candidates)
            if index == chosen or inquiry.parallel(chosen, index, everywhere=True)
        )

    def _loss_at(self, rate: float) -> float:
        """Return the mean loss after the walk at so many times the rate; at 0, without a step."""
        return self.mean_loss(self.walk(rate).end if rate else {})

    def mean_loss(self, point: Point, inject: Mapping[int, Any] | None = None) -> float:
        """Return the mean loss of a few iterations with the parameters held at a point."""
        sites = frozenset({self.loss.site})
        play = self.play(point, _BATCHES, rate=0.0, sites=sites, inject=inject)
        found = [self.loss.value(events, events) for events in play.iterations if events]
        return float(np.mean(found)) if found else float("nan")

    def _walk(self, rate: float) -> Play:
        """Make some steps from the start, at so many times the program's rate.

        What is idle at first is watched as well.
        """
        step = replace(self.step, paths=(*self.start, *self.idle))
        return play(step, {}, _STEPS if self.seconds < _LONG else _FEWER, rate=rate)

    def _losses(self, rate: float, span: int) -> list[float]:
        """Return the losses of the first iterations, each before its step."""
        iterations = self.play({}, span, rate=rate, sites=frozenset({self.loss.site})).iterations
        return [float(self.loss.value(events, events)) for events in iterations if events]

    def play(self, point: Point, span: int, **options: Any) -> Play:
        """Make consecutive steps from a point (see `play.play`)."""
        return play(settable(self.step, point), point, span, **options)


def _gives(node: ast.AST, name: str) -> int | None:
    """Tell what gives a name its value: computing it, passing it, taking it, last renaming it."""
    match node:
        case ast.Assign(targets=[ast.Name(id=given) | ast.Attribute(attr=given)], value=value):
            rank = 3 if isinstance(value, ast.Name) else 0
        case ast.keyword(arg=given, value=value):
            rank = 3 if isinstance(value, ast.Name) else 1
        case ast.arg(arg=given):
            rank = 2
        case _:
            return None
    return rank if given == name else None


def _place(node: Any) -> Place:
    """Return the lines and columns of a node, or of a site."""
    names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    values = [getattr(node, name) for name in (names if isinstance(node, ast.AST) else _PLACE)]
    return dict(zip(_PLACE, values, strict=True))


def _is_of(event: Event, thing: Any, value: Any) -> bool:
    """Tell whether a sum is one of a thing: of itself, or else of an equal value."""
    return event.thing is thing if event.augments else same(frozen(value), event.left)


def _adds_nothing(event: Event) -> bool:
    return np.shape(event.left) == np.shape(event.right) and not np.any(event.right)


def _before(events: Sequence[Event], ends: frozenset[int]) -> list[Event]:
    last = next((i for i, event in enumerate(events) if event.site in ends), len(events) - 1)
    return list(events[: last + 1])


def norm(values: Mapping[Path, Any]) -> float:
    """Return the norm of all parameters together."""
    return float(np.sqrt(sum(float(np.sum(np.square(value))) for value in values.values())))


def flat(values: Mapping[Path, Any], order: Sequence[Path]) -> Array:
    return np.concatenate([np.ravel(values[path]) for path in order])
