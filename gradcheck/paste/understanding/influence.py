"""What depends on what in a step, seen by moving one thing and watching the others."""

from collections import Counter
from collections.abc import Container, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.chance import Chance
from gradcheck.paste.understanding.candidates import evidence
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import OFTEN, Event
from gradcheck.paste.understanding.steps import Point, Step, Trial
from gradcheck.paste.understanding.values import frozen, is_part, same
from gradcheck.paste.understanding.words import loss_like

_NOTHING = 1e-6
"""Entries of this size are zeros to a program that starts from zeros."""


def influential(
    step: Step, base: Trial, first: Mapping[Path, int], updates: Container[int]
) -> list[Path]:
    """Return the paths that something like a loss depends on before an event, `first` of each.

    What is computed at the sites of `updates` is none. Where there are such, those don't count of
    which but a distance from themselves is looked at. Where nothing comes before, a loss may be
    written down later, from what was computed before.
    """
    step = replace(step, paths=())  # What is there is known already.
    point = {path: shaken(base.before.values[path], seed) for seed, path in enumerate(first)}
    most = max(first.values())
    moved = step.trial(point, step.plan(None), most=most)
    if moved.failed:
        return []
    early = [
        index
        for index in differing_events(base, moved)
        if index < most
        and not (base.events[index].site in updates and _is_update(base, moved, index))
    ]
    counts = Counter(event.site for event in base.events)
    telling = {
        index
        for index in evidence(step.scene.machine, base, early)
        if counts[base.events[index].site] < OFTEN
    }
    found = _felt(step, base, point, first, telling)
    near = [path for path, is_near in found.items() if is_near]
    if len(near) < len(found):
        return [path for path in found if path not in near]
    return _felt_later(step, base, point, first, lax=bool(near)) or near


def _felt_later(
    step: Step, base: Trial, point: Point, first: Mapping[Path, int], *, lax: bool
) -> list[Path]:
    """Return the paths that a loss, known by its name, depends on after the updates.

    A rate of zero keeps what the updates make of them, and all that they follow, out of it. Unless
    that is `lax`, the loss is one that the updates do not change.
    """
    plan = step.plan(None)
    moved, idle = step.trial(point, plan, rate=0.0), step.trial({}, plan, rate=0.0)
    if moved.failed or len(idle.events) != len(base.events):
        return []
    sites = step.scene.machine.sites
    updated = () if lax else {*differing_events(base, idle)}
    late = {
        index
        for index in differing_events(idle, moved)
        if index < len(idle.events)
        and index not in updated
        and loss_like(sites[idle.events[index].site].names)
    }
    summed = {idle.events[index].site for index in late}
    own = {index for index, event in enumerate(idle.events) if event.site in summed}
    whole = {path: i if i in own else len(base.events) for path, i in first.items()}
    return list(_felt(step, base, point, whole, late, rate=0.0))


def _felt(
    step: Step,
    base: Trial,
    point: Point,
    first: Mapping[Path, int],
    telling: AbstractSet[int],
    rate: float = 1.0,
) -> dict[Path, bool]:
    """Return the paths that, each alone, change something telling before their first event.

    Those are true by which nothing but a distance from themselves is changed.
    """
    if not telling:
        return {}
    sites = frozenset(base.events[index].site for index in telling)
    most = max(first.values())
    places = [index for index, event in enumerate(base.events[:most]) if event.site in sites]
    plan = step.plan(sites)
    still = step.trial({}, plan, rate=rate, recorded=sites, most=len(places))
    found: dict[Path, bool] = {}
    for path in point:
        alone = step.trial({path: point[path]}, plan, rate=rate, recorded=sites, most=len(places))
        # Where the runs take different turns, one may have more of them.
        differing = {places[i] for i in differing_events(still, alone) if i < len(places)}
        early = [index for index in differing & telling if index < first[path]]
        if early:
            own = base.before.values[path]
            found[path] = all(_is_distance(base.events[index], own) for index in early)
    return found


def _is_update(base: Trial, moved: Trial, index: int) -> bool:
    """Tell what is added to, or taken off, a number that was moved: others only look like that."""
    if index >= len(moved.events):
        return False
    return not same(base.events[index].left, moved.events[index].left)


def _is_distance(event: Event, own: Any) -> bool:
    """Tell how far something is from a value itself, as from a running mean of gradients.

    That is a loss where there is no other, as for the means of clusters.
    """
    return any(is_part(own, side) for side in (event.left, event.right))


def differing_events(base: Trial, other: Trial) -> list[int]:
    """Return the places, in the first trial, of the events whose values another trial changed.

    Where the runs take different turns, all that follows counts as changed.
    """
    found: list[int] = []
    for index, (one, two) in enumerate(zip(base.events, other.events, strict=False)):
        if one.site != two.site:
            return found + list(range(index, len(base.events)))
        if not same(one.value, two.value):
            found.append(index)
    return found + list(range(len(other.events), len(base.events)))


def shaken(value: Any, seed: int) -> Any:
    """Return a value moved at random by about a tenth of its size."""
    array = np.asarray(frozen(value))
    size = float(np.sqrt(np.mean(array**2)))
    size = size if size > _NOTHING else 1.0
    moved = array + 0.1 * size * Chance([seed % 2**32]).normal(size=array.shape)
    return moved if array.ndim else float(moved)
