"""A closer look at the iterations of a loop: what they update, and which of it is a parameter."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.paste.understanding.afterwards import felt
from gradcheck.paste.understanding.following import is_follower, is_velocity
from gradcheck.paste.understanding.influence import influential, shaken
from gradcheck.paste.understanding.machine import Scene
from gradcheck.paste.understanding.moving import is_array, moves, passing, unaliased
from gradcheck.paste.understanding.paces import paces
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.spreading import are_spread
from gradcheck.paste.understanding.steps import Point, Step, Trial, changed
from gradcheck.paste.understanding.survey import Turns
from gradcheck.paste.understanding.updates import Update, idle_updates, rates, updates
from gradcheck.paste.understanding.values import frozen, is_there_and_back
from gradcheck.paste.understanding.wishes import NONE, Wishes, picked
from gradcheck.paste.understanding.words import DATA, TARGETS, says
from gradcheck.record import record

_TRIED = (1, 0, 2)
"""Iterations that are looked at, the best first: in the first one, shapes may still change."""

_AS_IT_IS: Point = MappingProxyType({})
_MOST_ADDED = 32
_KEPT = 0.5
"""The share of a change before a step that must be left after it, for an update."""


@record
class Found:
    """A step with its parameters, the updates of each, and a trial of it.

    `others` is what else the step has changed and was there before; `together` is how many
    parameters one iteration changes at most.
    """

    step: Step
    base: Trial
    parameters: tuple[Path, ...]
    updates: tuple[Update, ...]
    shapes: Mapping[Path, tuple[int, ...]]
    others: tuple[Path, ...]
    turns: Turns
    together: int
    wishes: Wishes = NONE
    whole: Scene | None = None
    """The scene with all of the data, where the step is one on a part of them."""
    repeats: bool = False
    """Whether a parameter is updated several times: then it is no single step."""

    @property
    def is_scattered(self) -> bool:
        """Whether every iteration changes a part of the parameters, as one over layers does."""
        return is_scattered(self.together, len(self.parameters))


def is_scattered(together: int, count: int) -> bool:
    """Tell whether iterations that change so many parameters at once change but a part of them."""
    return 2 * together <= count


@record
class _Look:
    """What one iteration shows: the paths that it changes, and its updates."""

    step: Step
    base: Trial
    differing: tuple[Path, ...]
    moving: tuple[Path, ...]
    updates: tuple[Update, ...]


def examined(
    scene: Scene,
    turns: Turns,
    wishes: Wishes = NONE,
    *,
    span: int = 1,
    rest: Point = _AS_IT_IS,
) -> Found | None:
    """Return the step that a loop's iterations are, if they change what a loss depends on.

    A few are looked at, each of `span` iterations: in any single one some parameters may stay as
    they are, or be without influence, as a weight is whose input is zero. Where none has any, as
    where the first update saturates everything, those that change nothing else are looked at too.
    Each starts from what `rest` sets.
    """
    looks: list[_Look] = []
    passed: list[int] = []
    seen: frozenset[Path] = frozenset()
    for first in _tried(turns) if span == 1 else _TRIED:
        if span == 1:
            if turns.changed[first] <= seen:
                passed.append(first)
                continue
            seen |= turns.changed[first]
        step = Step(scene=scene, loop=turns.loop, first=first * span, span=span, rest=rest)
        look = _look(step)
        if look is not None:
            looks.append(look)
    found = _found(looks, turns, wishes) if looks else None
    for first in passed if found is None else ():
        look = _look(Step(scene=scene, loop=turns.loop, first=first, rest=rest))
        found = _found([look], turns, wishes, guess=False) if look is not None else None
        if found is not None:
            break
    return found


def _tried(turns: Turns) -> list[int]:
    """Return which iterations to look at: of those that changed something, where there are some.

    Others follow that change what none of these has: what is collected may be applied later.
    """
    every = range(len(turns.changed))
    busy = [count for count in every if turns.changed[count]] or every
    first = [busy[at] for at in _TRIED if at < len(busy)]
    seen = frozenset().union(*(turns.changed[count] for count in first))
    return first + [count for count in busy if not turns.changed[count] <= seen][:1]


def _look(step: Step) -> _Look | None:
    base = step.trial({}, step.plan(None))
    if base.failed:
        return None
    differing = changed(base)
    moving = [path for path, change in differing.items() if moves(step, base, path, change)]
    moving = unaliased(base, moving, passing(step))
    still = [
        path
        for path, thing in base.before.things.items()
        if path not in differing and path in base.after.things and _may_be_idle(path, thing)
    ]
    idle = list(idle_updates(base, unaliased(base, still, passing(step))))
    return _Look(
        step=step,
        base=base,
        differing=tuple(differing),
        moving=tuple(moving),
        updates=(*_lasting(base, updates(base, moving)), *idle),
    )


def _may_be_idle(path: Path, thing: Any) -> bool:
    """Tell arrays, and lists of numbers some of which are no whole ones, that are no data."""
    if not isinstance(thing, list):
        return is_array(thing)
    return bool(np.any(np.mod(frozen(thing), 1))) and not says(path.last, DATA | TARGETS)


def _lasting(base: Trial, found: Sequence[Update]) -> Iterator[Update]:
    """Leave out what is moved there and back, as for the differences of a gradient check."""
    counts = Counter(update.path for update in found)
    for update in found:
        if counts[update.path] == 1 or not _is_there_and_back(base, update.path):
            yield update


def _found(
    looks: Sequence[_Look], turns: Turns, wishes: Wishes, *, guess: bool = True
) -> Found | None:
    """Return the step that some looks show; without a `guess`, if a statement shows an update."""
    known = tuple(update for look in looks for update in look.updates)
    if wishes.parameters is not None:
        parameters = _named(looks, wishes.parameters)
        known = tuple(update for look in looks for update in updates(look.base, parameters))
    else:
        parameters = list(
            dict.fromkeys(p for look in looks for p in _parameters(look, turns, known))
        )
        if not parameters and guess:
            known = tuple(_added(looks[0]))
            parameters = _parameters(looks[0], turns, known)
    if not parameters:
        return None
    own = tuple(update for update in known if update.path in parameters)
    shapes = _shapes(looks, parameters)
    step, base = looks[0].step, looks[0].base
    made = base if step.first == 0 else replace(step, first=0).trial({}, step.plan(None))
    spreads = are_spread(made, shapes)
    if spreads:
        step, base = replace(step, first=0, spreads=True), made
        shapes = {path: np.shape(frozen(made.before.values[path])) for path in parameters}
    return Found(
        step=replace(
            step,
            rates=rates(own),
            variables=_variables(step, parameters),
            paces=paces(step.scene.machine, base, own),
        ),
        base=base,
        parameters=tuple(parameters),
        updates=own,
        shapes=shapes,
        others=tuple(path for path in looks[0].differing if path not in parameters),
        turns=turns,
        together=max(_together(look, parameters) for look in looks),
        wishes=wishes,
        repeats=_repeats(looks[0], parameters),
    )


def _together(look: _Look, parameters: Sequence[Path]) -> int:
    """Return how many parameters are updated in one iteration, be it by nothing."""
    return len({*look.moving, *(update.path for update in look.updates)} & set(parameters))


def _repeats(look: _Look, parameters: Sequence[Path]) -> bool:
    """Tell whether one statement updates all of a parameter, or some rows, more than once."""
    events, values = look.base.events, look.base.before.values
    shapes = {path: np.shape(frozen(values[path])) for path in parameters}
    sizes: Counter[tuple[Path, int]] = Counter()
    for update in look.updates:
        if update.path in shapes and update.index < len(events):
            shape = np.shape(events[update.index].value)
            # Of single numbers, those of a list may each be updated where others are.
            if shape or not shapes[update.path]:
                sizes[update.path, update.site] += math.prod(shape)
    return any(size > math.prod(shapes[path]) for (path, _), size in sizes.items())


def _named(looks: Sequence[_Look], names: Sequence[str]) -> list[Path]:
    """Return what the user calls the parameters, as far as the step changes it."""
    idle = [update.path for look in looks for update in look.updates]
    differing = [
        path
        for look in looks
        for path in look.differing
        if look.step.can_set(path) or is_array(look.base.before.things[path])
    ]
    return picked(names, list(dict.fromkeys([*differing, *idle]))) or []


def _shapes(looks: Sequence[_Look], paths: Iterable[Path]) -> dict[Path, tuple[int, ...]]:
    values = [look.base.before.values for look in looks]
    return {
        path: next(np.shape(frozen(held[path])) for held in values if path in held)
        for path in paths
    }


def _parameters(look: _Look, turns: Turns, known: Sequence[Update]) -> list[Path]:
    """Return those of the updated paths that have an influence in this iteration."""
    paths = {update.path for update in known} & look.base.before.values.keys()
    ordered = [path for path in dict.fromkeys(u.path for u in known) if path in paths]
    if not ordered:
        return []
    step = replace(look.step, variables=_variables(look.step, ordered), rates=rates(known))
    first = {path: _first(look, path, known) for path in ordered}
    found = influential(step, look.base, first, {update.site for update in known})
    found += felt(step, turns, look.base, [path for path in ordered if path not in found])
    return [
        path
        for path in found
        if not is_velocity(look.base, path, found) and not is_follower(look.base, path, found)
    ]


def _first(look: _Look, path: Path, known: Sequence[Update]) -> int:
    """Return the first event of any site that updates a path."""
    sites = {update.site for update in known if update.path == path}
    events = (index for index, event in enumerate(look.base.events) if event.site in sites)
    return next(events, len(look.base.events))


def _added(look: _Look) -> Iterator[Update]:
    """Yield updates that no site shows: what is added before the step is still there after it."""
    seen = {update.path for update in look.updates}
    paths = [p for p in look.moving if p not in seen and not _is_there_and_back(look.base, p)]
    paths = sorted(paths, key=lambda path: _growth(look.base, path))[:_MOST_ADDED]
    step, base = replace(look.step, variables=_variables(look.step, paths)), look.base
    for seed, path in enumerate(paths):
        there = shaken(base.before.values[path], seed)
        moved = replace(step, paths=(path,)).trial({path: there}, step.plan(frozenset()))
        before = _difference(there, base.before.values[path])
        new = moved.after.values.get(path)
        if moved.failed or new is None or np.shape(new) != np.shape(there):
            continue
        after = _difference(new, base.after.values[path])
        if after @ before > _KEPT * (before @ before):
            yield Update(path=path, site=-1, left=False, index=len(base.events))


def _is_there_and_back(base: Trial, path: Path) -> bool:
    return is_there_and_back(frozen(base.before.values[path]), frozen(base.after.values[path]))


def _growth(base: Trial, path: Path) -> float:
    """Return a change in units of what has changed: that of a parameter is small."""
    size = float(np.linalg.norm(frozen(base.before.values[path])))
    return float(np.linalg.norm(base.change(path))) / size if size else 1.0


def _difference(one: Any, other: Any) -> Any:
    return np.ravel(np.subtract(frozen(one), frozen(other)))


def _variables(step: Step, paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(path.root for path in paths if step.owns(path))
