"""Programs that train nothing: a forward and a backward pass, straight on to the end.

The claims are then the updates made once, or the gradient variables that are left over, known
by their names. What they are gradients of is set right behind the statement that makes it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np

from gradcheck.paste.understanding.candidates import evidence
from gradcheck.paste.understanding.influence import differing_events, shaken
from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.machine import Machine, Scene
from gradcheck.paste.understanding.paths import Leaf, Path, leaves
from gradcheck.paste.understanding.runtime import Course
from gradcheck.paste.understanding.steps import Point, State, Step, Trial
from gradcheck.paste.understanding.survey import Turns
from gradcheck.paste.understanding.updates import rates, updates
from gradcheck.paste.understanding.values import frozen, is_there_and_back, same
from gradcheck.paste.understanding.wishes import NONE, Wishes, picked
from gradcheck.paste.understanding.words import DATA, TARGETS, change_of, gradient_of, says
from gradcheck.record import record

_MOST = 40
"""So many values at most are looked at as possible parameters."""

_LONGEST = 0.5
"""What takes more seconds than this, with all its hooks, can't be run as often as it takes."""


@record
class Passage(Step):
    """A program run from a statement to its end; `births` are where its values come to be.

    `gradients` has the path of the gradient variable of each parameter that is not updated;
    `limits` are the most turns that loops may make which would take too long. With a `sign` of
    minus one, they are amounts that would be added.
    """

    births: Mapping[Path, int]
    limits: Mapping[int, int] = field(default_factory=dict)
    gradients: Mapping[Path, Path] = field(default_factory=dict)
    sign: float = 1.0

    def plan(self, sites: frozenset[int] | None) -> Plan:
        return replace(super().plan(sites), loops=self.scene.machine.whiles.union(self.limits))

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
        """Run from the start, and set each value of the point as soon as there is one."""
        roots = {"": self.scene.machine.variables}
        born: dict[Path, Leaf] = {}
        values: dict[Path, Any] = {}

        def after(statement: int) -> None:
            for path, value in point.items():
                if self.births[path] == statement:
                    self.assign(path, roots, value, {})
            for leaf in self.watched(roots):
                if leaf.path not in born:
                    born[leaf.path], values[leaf.path] = leaf, leaf.copy()

        course = Course(
            loop=-1,
            rate=rate,
            rates=self.rates,
            most=most,
            recorded=recorded,
            inject=inject or {},
            limits=self.limits,
        )
        ran = self.scene.run_through(course, plan, after)
        ran.events.extend(self._evaluated(roots[""], roots[""]))
        before = State(things={path: leaf.thing for path, leaf in born.items()}, values=values)
        return Trial(
            before=before,
            after=self._end(roots),
            events=ran.events,
            failed="it took too long" if ran.slow else None,
            seconds=ran.seconds,
        )

    def _end(self, roots: Mapping[str, Mapping[str, Any]]) -> State:
        if self.paths is None:
            return self.state(roots)
        with_gradients = (*self.paths, *self.gradients.values())
        return replace(self, paths=with_gradients).state(roots)

    @property
    def is_rated(self) -> bool:
        return not self.gradients

    def claim(self, trial: Trial, path: Path) -> Any:
        gradient = self.gradients.get(path)
        if gradient is None:
            return super().claim(trial, path)
        value = trial.after.values.get(gradient)
        return value if value is None or self.sign > 0 else -np.asarray(frozen(value))

    def turned(self) -> Step | None:
        if not all(change_of(path.last) for path in self.gradients.values()) or not self.gradients:
            return None
        return replace(self, sign=-self.sign)

    @property
    def line(self) -> int:
        first = max(self.births[path] for path in self.paths or self.births)
        statements = self.scene.machine.statements
        return statements[min(first + 1, len(statements) - 1)].lineno


def passage(machine: Machine, wishes: Wishes = NONE, endless: Iterable[int] = ()) -> Found | None:
    """Return the pass that a whole program makes, as a step; None where it makes none.

    Loops that are `endless` make one turn. It is none that the user wishes for, either, if they
    have named another line.
    """
    limits = dict.fromkeys(endless, 1)
    step = Passage(scene=Scene(machine, 0), loop=-1, first=0, births={}, limits=limits)
    step = replace(step, births=_births(step))
    base = step.trial({}, step.plan(None))
    if base.failed or base.seconds > _LONGEST:
        return None
    found = updates(base, [path for path in base.before.values if _has_changed(base, path)])
    gradients = dict(_gradients(base, step.births))
    paths = list(dict.fromkeys([*(update.path for update in found), *gradients]))[:_MOST]
    updated = {update.path for update in found}
    if wishes.parameters is None:
        felt = _parameters(step, base, paths)
        own_gradients = _unambiguous({p: g for p, g in gradients.items() if p in felt})
        idle = {path for path in own_gradients if not _has_changed(base, path)}
        parameters = [path for path in felt if path in updated or path in idle]
    else:
        parameters = picked(wishes.parameters, paths) or []
    if not parameters or wishes.step not in (None, replace(step, paths=tuple(parameters)).line):
        return None
    own = tuple(update for update in found if update.path in parameters)
    step = replace(
        step,
        rates=rates(list(own)),
        gradients={p: g for p, g in gradients.items() if p in parameters and p not in updated},
    )
    return Found(
        step=step,
        base=base,
        parameters=tuple(parameters),
        updates=own,
        shapes={path: np.shape(frozen(base.before.values[path])) for path in parameters},
        others=(),
        turns=Turns(loop=-1, outer=(), count=1, changed=()),
        together=len(parameters),
        wishes=wishes,
        repeats=max(Counter(update.path for update in own).values(), default=0) > 1,
    )


def _births(step: Passage) -> dict[Path, int]:
    """Return the statement behind which each number is there for the first time."""
    births: dict[Path, int] = {}
    roots = {"": step.scene.machine.variables}

    def after(statement: int) -> None:
        for leaf in leaves(roots):
            births.setdefault(leaf.path, statement)

    course = Course(loop=-1, limits=step.limits)
    step.scene.run_through(course, step.plan(frozenset()), after)
    return births


def _has_changed(base: Trial, path: Path) -> bool:
    old, new = frozen(base.before.values[path]), frozen(base.after.values.get(path))
    if new is None or np.shape(old) != np.shape(new) or same(old, new):
        return False
    return not is_there_and_back(old, new)


def _gradients(base: Trial, births: Mapping[Path, int]) -> Iterator[tuple[Path, Path]]:
    """Yield each float, or float array, with a later one that is named its gradient."""
    late = [path for path in base.after.values if path in births]
    for path, value in base.before.values.items():
        shape = np.shape(frozen(value))
        named = (
            other
            for other in late
            if births[other] > births[path]
            and gradient_of(path.chain, other.chain)
            and np.shape(frozen(base.after.values[other])) == shape
        )
        other = next(named, None)
        if other is not None:
            yield path, other


def _unambiguous(gradients: Mapping[Path, Path]) -> dict[Path, Path]:
    """Leave out what only may have a gradient: one of a bare name belongs to one number at most.

    Among several it is not that by the data.
    """
    found = dict(gradients)
    counts = Counter(gradients.values())
    for other in [path for path, count in counts.items() if count > 1]:
        sharing = [path for path, own in gradients.items() if own == other]
        likely = [path for path in sharing if not says(path.chain[-1], DATA | TARGETS)]
        for path in sharing:
            if len(likely) != 1 or path not in likely:
                del found[path]
    return found


def _parameters(step: Passage, base: Trial, paths: Sequence[Path]) -> list[Path]:
    """Return the paths that a loss seems to depend on, and that depend on no others of them."""
    trials = {}
    for seed, path in enumerate(paths):
        moved = step.trial({path: shaken(base.before.values[path], seed)}, step.plan(None))
        affected = differing_events(base, moved)
        if not moved.failed and any(True for _ in evidence(step.scene.machine, base, affected)):
            trials[path] = moved
    return [
        path
        for path in trials
        if not any(
            other != path and not same(_frozen(base, path), _frozen(moved, path))
            for other, moved in trials.items()
        )
    ]


def _frozen(trial: Trial, path: Path) -> Any:
    return frozen(trial.before.values.get(path))
