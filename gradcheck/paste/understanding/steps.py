"""A training step that can be tried again from any point, and what a trial shows."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from types import CodeType, FrameType
from typing import Any, TypeAlias

import numpy as np

from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.machine import Ran, Scene
from gradcheck.paste.understanding.paths import (
    Leaf,
    Path,
    Roots,
    fitting,
    leaves,
    read,
    replaced,
    scopes,
    write,
)
from gradcheck.paste.understanding.runtime import Course, Event
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

Point: TypeAlias = Mapping[Path, Any]
"""Values to set at the start of a step."""


@record
class State:
    """What some paths lead to: the objects, and copies of their values."""

    things: Mapping[Path, Any]
    values: Mapping[Path, Any]


@record
class Trial:
    """What one run of a step showed; `failed` says why there is no end, in words."""

    before: State
    after: State
    events: list[Event]
    failed: str | None
    seconds: float

    def change(self, path: Path) -> Any:
        """Return by how much the step has changed what is at a path; None if it can't be said."""
        old, new = frozen(self.before.values.get(path)), frozen(self.after.values.get(path))
        if old is None or new is None or np.shape(old) != np.shape(new):
            return None
        return new - old


@record
class Formula:
    """An expression of the user's, compiled, and the number of its site.

    It is of the parameters as they are at the step's end, or `early` as they are at its start.
    """

    site: int
    code: CodeType
    early: bool = False

    def event(self, names: Mapping[str, Any], local: Mapping[str, Any]) -> Event | None:
        """Return its value among a frame's names; None where they give none."""
        try:
            with np.errstate(all="ignore"):
                value = eval(self.code, dict(names), local)  # noqa: S307  (in the sandbox)
        except Exception:
            return None
        event = Event(self.site, value)
        return None if event.value is None else event


@record
class Step:
    """The step that is one iteration of a loop, or a few consecutive ones (`span`).

    `rates` are the sites that change parameters, with the operand (True: the left one) that holds
    the change; `paths` what is to be watched, None for everything.
    """

    scene: Scene
    loop: int
    first: int
    span: int = 1
    paths: tuple[Path, ...] | None = None
    rates: Mapping[int, bool] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    """Local variables of the loop's function that trials may set."""
    constants: Mapping[int, float] = field(default_factory=dict)
    data: Mapping[Path, Any] = field(default_factory=dict)
    """What every trial puts in place of the program's own data."""
    rest: Point = field(default_factory=dict)
    """What every trial sets at its start, as it does a point: what an optimizer has kept."""
    formula: Formula | None = None
    """What is to be evaluated beside the step; it comes last among its events."""
    spreads: bool = False
    """Whether an update may have more entries than its parameter, of which the first count."""
    paces: Mapping[Path, float] = field(default_factory=dict)
    """The learning rates of parameters that have their own, in units of the first one's."""

    def plan(self, sites: frozenset[int] | None) -> Plan:
        """Return the plan under which these sites are recorded; None for all."""
        return Plan(
            loops=self.scene.machine.whiles | {self.loop},
            sites=None if sites is None else sites | frozenset(self.rates),
            locals={self.loop: self.variables} if self.variables else {},
            constants=self.constants,
        )

    def trial(
        self,
        point: Point,
        plan: Plan,
        *,
        rate: float = 1.0,
        most: int | None = None,
        recorded: frozenset[int] | None = None,
        inject: Mapping[int, Any] | None = None,
    ) -> Trial:
        """Run the step from a point and keep the values of the sites `recorded`, None for all.

        `most` ends it after so many events, without an `after`: 0 of them right where it begins.
        `inject` adds to values.
        """
        seen: list[State] = []
        beside: list[Event] = []
        runtime = self.scene.machine.runtime

        def arrive(frame: FrameType) -> None:
            self.feed(scopes(frame))

        def begin(frame: FrameType) -> None:
            roots = scopes(frame)
            for path, value in {**self.rest, **point}.items():
                self.assign(path, roots, value, runtime.given)
            beside.extend(self._evaluated(frame.f_globals, frame.f_locals, early=True))
            seen.append(self.state(roots))

        def end(frame: FrameType) -> None:
            runtime.events.extend([*beside, *self._evaluated(frame.f_globals, frame.f_locals)])
            seen.append(self.state(scopes(frame)))

        course = Course(
            loop=self.loop,
            first=self.first,
            span=self.span,
            arrive=arrive if self.data else None,
            begin=begin,
            end=end,
            rate=rate,
            rates=self.rates,
            most=most,
            recorded=recorded,
            inject=inject or {},
        )
        ran = self.scene.run(course, plan)
        before = seen[0] if seen else State(things={}, values={})
        after = seen[1] if len(seen) > 1 else State(things={}, values={})
        failed = _failure(ran, len(seen), most)
        return Trial(
            before=self._given(before, point),
            after=after,
            events=ran.events,
            failed=failed,
            seconds=ran.seconds,
        )

    def _evaluated(
        self, names: Mapping[str, Any], local: Mapping[str, Any], *, early: bool = False
    ) -> Iterator[Event]:
        """Yield the formula's value, if it is time for it and it has one."""
        if self.formula is not None and self.formula.early == early:
            event = self.formula.event(names, local)
            if event is not None:
                yield event

    def turned(self) -> "Step | None":
        """Return the step with claims of the other sign; None where theirs is known."""
        return None

    @property
    def is_rated(self) -> bool:
        """Whether all that it claims are updates, which have a learning rate in them."""
        return True

    def claim(self, trial: Trial, path: Path) -> Any:
        """Return what a trial claims to be a parameter's gradient: the update, downwards.

        Of updates at different rates, it is what each would be at the first one's.
        """
        old, new = frozen(trial.before.values.get(path)), frozen(trial.after.values.get(path))
        if self.spreads and old is not None and new is not None:
            return old - _first(new, np.shape(old))
        change = trial.change(path)
        return None if change is None else -change / self.paces.get(path, 1.0)

    def assign(self, path: Path, roots: Roots, value: Any, given: dict[str, Any]) -> None:
        """Set what is at a path, through `given` where only the loop's own frame can."""
        if self.owns(path) and path.root in self.variables:
            given[path.root] = fitting(read(path, roots), value)
        else:
            write(path, roots, value)

    def feed(self, roots: Roots) -> None:
        """Put the step's own data where the program has its own; that stays as it is."""
        for path, value in self.data.items():
            if self.owns(path):
                self.scene.machine.runtime.given[path.root] = value
            else:
                replaced(path, roots, value)

    def _given(self, before: State, point: Point) -> State:
        """Put in what local variables were given; the frame did not show it yet."""
        late = {path: value for path, value in point.items() if path.is_variable}
        return State(things=before.things, values={**before.values, **late}) if late else before

    def state(self, roots: Roots) -> State:
        """Return what is to be watched, as it is now."""
        found = self.watched(roots)
        return State(
            things={leaf.path: leaf.thing for leaf in found},
            values={leaf.path: leaf.copy() for leaf in found},
        )

    def watched(self, roots: Roots) -> list[Leaf]:
        if self.paths is None:
            return leaves(roots)
        return [leaf for path in self.paths if (leaf := _leaf(path, roots)) is not None]

    @property
    def function(self) -> str:
        """The function that the loop is in, as frames name it without `<locals>`; "" for none."""
        site = self.scene.machine.sites.get(self.loop)
        return site.function if site else ""

    def owns(self, path: Path) -> bool:
        """Tell local variables that only the loop's own frame can set, and this step may."""
        return path.is_variable and path.function == self.function

    def can_set(self, path: Path) -> bool:
        """Tell what a trial can set: all but the local variables of functions further out."""
        return not path.is_variable or self.owns(path)

    @property
    def line(self) -> int:
        """The program's line at which the step begins."""
        return self.scene.machine.sites[self.loop].line


def _first(new: Any, shape: tuple[int, ...]) -> Any:
    """Return the first part, of a shape, of what a value was spread to."""
    more = np.ndim(new) - len(shape)
    if more < 0 or np.shape(new) == shape:
        return new
    return new[(0,) * more + tuple(slice(size) for size in shape)]


def _leaf(path: Path, roots: Roots) -> Leaf | None:
    try:
        return Leaf(path=path, thing=read(path, roots))
    except KeyError:
        return None


def _failure(ran: Ran, states: int, most: int | None) -> str | None:
    if ran.error is not None:
        return ran.error
    if ran.slow:
        return "it took too long"
    if not states:
        return "the step was not reached"
    return "the step did not end" if states < 2 and most is None else None


def changed(trial: Trial) -> dict[Path, Any]:
    """Return what a step has changed, by path, with its change where the shape stayed."""
    found = {}
    for path, old in trial.before.values.items():
        new = trial.after.values.get(path)
        if new is not None and not same(frozen(old), frozen(new)):
            found[path] = trial.change(path) if _alike(old, new) else None
    return found


def _alike(old: Any, new: Any) -> bool:
    return getattr(old, "shape", ()) == getattr(new, "shape", ())
