"""What an optimizer keeps from step to step beside the parameters: velocities, running means."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.points import Draw, drawn
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.steps import Step, Trial
from gradcheck.paste.understanding.values import fills, frozen, same
from gradcheck.record import record

_SAME = 1e-9
_SEED = 5
_MANY = 4
"""Of so many states, those of no effect are told at once rather than one by one."""

_CROWD = 16
_TRIALS = 24
"""Of so many that seem to have one, those of none are looked for by so many trials of some."""


@record
class _Pair:
    """Two trials of a step that differ in something kept, at its start."""

    kept: Path
    moved: Trial
    plain: Trial

    @property
    def is_whole(self) -> bool:
        return not self.moved.failed and not self.plain.failed

    def ends(self, trial: Trial) -> Array:
        return np.asarray(frozen(trial.after.values[self.kept]))

    def growth(self, trial: Trial) -> Array:
        return np.asarray(trial.change(self.kept))


def has_state(
    inquiry: Inquiry,
    path: Path,
    site: int,
    gradient: Callable[[Sequence[Event]], Any],
    point: Measured,
) -> bool:
    """Tell whether something that the step keeps changes the update, but not the gradient.

    The `gradient` is what events of a site have for it.

    It may change the gradient where that is taken ahead, at what the parameter becomes by it. What
    is nothing but the sum of all gradients so far is no optimizer: they were to be forgotten.
    """
    for other, there in effective(inquiry, path, point):
        pair = _pair(inquiry, other, there, point, frozenset({site}))
        one, two = gradient(pair.moved.events), gradient(pair.plain.events)
        if not pair.is_whole or one is None or two is None:
            continue
        changes = pair.moved.change(path), pair.plain.change(path)
        if np.array_equal(*changes) or _collects(pair, path):
            continue
        if np.array_equal(one, two) or _is_multiple(changes[0], pair.ends(pair.moved)):
            return True
    return False


def is_steered(inquiry: Inquiry, path: Path, point: Measured) -> bool:
    """Tell whether something that the step keeps, and is no sum of gradients, changes an update."""
    return any(
        steers(inquiry, path, other, there, point)
        for other, there in effective(inquiry, path, point)
    )


def steers(inquiry: Inquiry, path: Path, other: Path, there: Any, point: Measured) -> bool:
    """Tell whether another value for something kept changes an update; no sum of gradients does."""
    pair = _pair(inquiry, other, there, point, frozenset())
    if not pair.is_whole or _collects(pair, path):
        return False
    return not np.array_equal(pair.moved.change(path), pair.plain.change(path))


def is_collector(inquiry: Inquiry, path: Path, other: Path, there: Any, point: Measured) -> bool:
    """Tell whether something kept is but the sum of a parameter's gradients so far."""
    pair = _pair(inquiry, other, there, point, frozenset())
    return pair.is_whole and _collects(pair, path)


def collects(inquiry: Inquiry, point: Measured) -> bool:
    """Tell whether anything kept is but the sum of any parameter's gradients so far."""
    shapes = {path: np.shape(inquiry.points[0].point[path]) for path in inquiry.parameters}
    kept = {other: there for path in shapes for other, there in effective(inquiry, path, point)}
    for other, there in kept.items():
        alike = [path for path, shape in shapes.items() if shape == np.shape(there)]
        pair = _pair(inquiry, other, there, point, frozenset())
        if pair.is_whole and any(_collects(pair, path) for path in alike):
            return True
    return False


def states(inquiry: Inquiry, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield what the step keeps and has the shape of a parameter, each with another value for it.

    In the first iteration of all there may be no such thing yet, or a zero that stands for it.
    """
    shape = np.shape(inquiry.points[0].point[path])
    bases = inquiry.base.before.values, inquiry.found.base.before.values
    for other in inquiry.found.others:
        seen = (base[other] for base in bases if other in base)
        held = next((value for value in seen if fills(np.shape(value), shape)), None)
        if held is not None and inquiry.step.can_set(other):
            yield other, np.abs(drawn(held, Draw(seed=_SEED), 0)) + np.abs(frozen(held))


def effective(inquiry: Inquiry, path: Path, point: Measured) -> Iterator[tuple[Path, Any]]:
    """Yield those of the states that are kept on from another value, or change an update.

    A step may keep hundreds of things, as the layers' outputs, only to make them anew.
    """
    if id(point) not in inquiry.kept:
        inquiry.kept[id(point)] = _kept(inquiry, point)
    kept = inquiry.kept[id(point)]
    yield from ((other, there) for other, there in states(inquiry, path) if other in kept)


def _kept(inquiry: Inquiry, point: Measured) -> frozenset[Path]:
    """Try all states at once: those that end as they would anyway do so one by one, too."""
    every = {other: there for path in inquiry.parameters for other, there in states(inquiry, path)}
    if len(every) < _MANY:
        return frozenset(every)
    step = _setting(inquiry, point, every)
    plan = step.plan(frozenset())
    plain = step.trial(point.point, plan, recorded=frozenset())
    things = plain.before.things
    own = {id(things.get(path)) for path in inquiry.parameters}
    # Another name for a parameter moves all the others.
    named = {other for other in every if id(things.get(other)) in own}
    there = {other: every[other] for other in every if other in things and other not in named}
    moved = step.trial({**point.point, **there}, plan, recorded=frozenset())
    lasting = {
        other
        for other in there
        if not same(*(frozen(trial.after.values.get(other)) for trial in (moved, plain)))
    }
    fresh = {other: there[other] for other in there if other not in lasting}
    again = step.trial({**point.point, **fresh}, plan, recorded=frozenset())
    is_whole = not any(trial.failed for trial in (plain, moved, again))
    alike = (same(again.change(path), plain.change(path)) for path in inquiry.parameters)
    kept = lasting | named if is_whole and all(alike) else {*every}
    moving = {other: there[other] for other in kept if other in there}
    if len(moving) < _CROWD or plain.failed:
        return frozenset(kept)

    def is_inert(group: Sequence[Path]) -> bool:
        own = {other: moving[other] for other in group}
        trial = step.trial({**point.point, **own}, plan, recorded=frozenset())
        ends = (same(*(frozen(t.after.values.get(o)) for t in (trial, plain))) for o in group)
        changes = (same(trial.change(path), plain.change(path)) for path in inquiry.parameters)
        return not trial.failed and all(ends) and all(changes)

    return frozenset(kept - _inert(list(moving), is_inert))


def _inert(crowd: Sequence[Path], is_inert: Callable[[Sequence[Path]], bool]) -> set[Path]:
    """Return those of a crowd that have no effect, as far as some trials of its parts tell.

    One state that the network itself keeps, as a recurrent one does, makes all its layers' outputs
    end otherwise.
    """
    found: set[Path] = set()
    groups, left = [crowd], _TRIALS
    while groups and left:
        whole = groups.pop(0)
        half = len(whole) // 2
        for group in (whole[:half], whole[half:]):
            left -= 1
            if is_inert(group):
                found.update(group)
            elif len(group) > 1:
                groups.append(group)
    return found


def _setting(inquiry: Inquiry, point: Measured, others: Iterable[Path]) -> Step:
    """Return the step from a point with all that may be set in it, local variables among it."""
    own = tuple(others)
    local = tuple(other.root for other in own if other.is_variable)
    return replace(
        inquiry.step,
        first=point.first,
        paths=(*inquiry.parameters, *own),
        variables=tuple(dict.fromkeys((*inquiry.step.variables, *local))),
    )


def _pair(
    inquiry: Inquiry, other: Path, there: Any, point: Measured, sites: frozenset[int]
) -> _Pair:
    step = _setting(inquiry, point, [other])
    plan = step.plan(sites)
    moved = step.trial({**point.point, other: there}, plan, recorded=sites)
    return _Pair(kept=other, moved=moved, plain=step.trial(point.point, plan, recorded=sites))


def _collects(pair: _Pair, path: Path) -> bool:
    """Tell a sum of gradients that is applied as it is, and never emptied."""
    one, other = pair.growth(pair.moved), pair.growth(pair.plain)
    if one.shape != other.shape or not np.any(one):
        return False
    if np.linalg.norm(one - other) > _SAME * np.linalg.norm(pair.ends(pair.moved)):
        return False
    one = np.asarray(pair.moved.change(path)) * pair.ends(pair.plain)
    other = np.asarray(pair.plain.change(path)) * pair.ends(pair.moved)
    return bool(np.linalg.norm(one - other) <= _SAME * np.linalg.norm(one))


def _is_multiple(change: Any, value: Any) -> bool:
    """Tell what is another thing times a number; for a single number, the thing itself."""
    one, other = np.ravel(change), np.ravel(value)
    if one.shape != other.shape or not np.any(other):
        return False
    factor = one @ other / (other @ other) if one.size > 1 else np.sign(one * other)
    return bool(np.linalg.norm(one - factor * other) <= _SAME * np.linalg.norm(one))
