"""The training step of a statement: the loop whose iterations change what its loss depends on."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.chance import Chance
from gradcheck.paste.understanding.candidates import evidence
from gradcheck.paste.understanding.machine import Scene
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import OFTEN
from gradcheck.paste.understanding.steps import Point, Step, Trial, changed
from gradcheck.paste.understanding.survey import Turns, survey
from gradcheck.paste.understanding.updates import Update, rates, updates
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

_TRIED = (1, 0, 2)
"""Iterations that are looked at, the best first: in the first one, shapes may still change."""


_ROUNDING = 1e-14
_KEPT = 0.5
"""The share of a change before a step that must be left after it, for an update."""


@record
class Found:
    """A step with its parameters, the updates of each, and the trial that showed them."""

    step: Step
    base: Trial
    parameters: tuple[Path, ...]
    updates: tuple[Update, ...]
    shapes: Mapping[Path, tuple[int, ...]]
    others: tuple[Path, ...]
    """What else has been changed by the step and was there before."""
    turns: Turns
    loops: tuple[Turns, ...]


def discover(scene: Scene) -> Found | None:
    """Return the training step of a statement, or None where it has none."""
    for seconds, patience in ((0.6, 0.06), (3.0, 1.5)):
        loops = survey(scene, seconds, patience)
        best = _best(scene, sorted(loops, key=lambda turns: len(turns.outer)))
        if best is not None or not any(turns.changed for turns in loops):
            return best
    return None


def _best(scene: Scene, loops: Sequence[Turns]) -> Found | None:
    """Return the innermost loop with the most parameters; `loops` come outermost first."""
    best: Found | None = None
    for turns in loops:
        if not any(turns.changed) or any(_repeats(turns, inner) for inner in loops):
            continue
        if best is not None and not _changes(turns, best.parameters):
            continue
        found = _examined(scene, turns, loops)
        if found is not None and (best is None or len(found.parameters) >= len(best.parameters)):
            best = found
    return best


def _repeats(turns: Turns, inner: Turns) -> bool:
    """Tell whether a loop only repeats what a loop inside it does."""
    if turns.loop not in inner.outer:
        return False
    return frozenset().union(*turns.changed) <= frozenset().union(*inner.changed)


def _changes(turns: Turns, paths: Sequence[Path]) -> bool:
    return any(changes.issuperset(paths) for changes in turns.changed)


def _examined(scene: Scene, turns: Turns, loops: Sequence[Turns]) -> Found | None:
    best = None
    seen: frozenset[Path] = frozenset()
    for first in _TRIED:
        if first >= len(turns.changed) or turns.changed[first] <= seen:
            continue
        seen |= turns.changed[first]
        found = _tried(Step(scene=scene, loop=turns.loop, first=first), turns, loops)
        if found is not None and (best is None or len(found.parameters) > len(best.parameters)):
            best = found
    return best


def _tried(step: Step, turns: Turns, loops: Sequence[Turns]) -> Found | None:
    base = step.trial({}, step.plan(None))
    if base.failed:
        return None
    differing = changed(base)
    moving = [path for path, change in differing.items() if _moves(step, base, path, change)]
    paths = _unaliased(base, moving)
    found = updates(base, paths)
    seen = list(dict.fromkeys(update.path for update in found))
    parameters = _parameters(step, base, seen, found)
    if not parameters:
        rest = [path for path in paths if path not in seen]
        found = list(_added(step, base, rest))
        parameters = _parameters(step, base, [update.path for update in found], found)
    if not parameters:
        return None
    own = tuple(update for update in found if update.path in parameters)
    return Found(
        step=replace(step, rates=rates(list(own)), variables=_variables(step, parameters)),
        base=base,
        parameters=tuple(parameters),
        updates=own,
        shapes={path: np.shape(frozen(base.before.values[path])) for path in parameters},
        others=tuple(path for path in differing if path not in parameters),
        turns=turns,
        loops=tuple(loops),
    )


def _parameters(
    step: Step, base: Trial, paths: Sequence[Path], found: Sequence[Update]
) -> list[Path]:
    if not paths:
        return []
    return _influential(replace(step, variables=_variables(step, paths)), base, paths, found)


def _added(step: Step, base: Trial, paths: Sequence[Path]) -> Iterator[Update]:
    """Yield updates that no site shows: what is added before the step is still there after it."""
    step = replace(step, variables=_variables(step, paths))
    for seed, path in enumerate(paths):
        there = shaken(base.before.values[path], seed)
        moved = step.trial({path: there}, step.plan(frozenset()))
        before = np.ravel(np.subtract(there, frozen(base.before.values[path])))
        if moved.failed or np.shape(moved.after.values.get(path)) != np.shape(there):
            continue
        after = np.ravel(
            np.subtract(frozen(moved.after.values[path]), frozen(base.after.values[path]))
        )
        if after @ before > _KEPT * (before @ before):
            yield Update(path=path, site=-1, left=False, index=len(base.events))


def _variables(step: Step, paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(path.root for path in paths if step.owns(path))


def _moves(step: Step, base: Trial, path: Path, change: Any) -> bool:
    """Tell numbers that a trial can set, and that change by more than rounding."""
    if change is None or not np.all(np.isfinite(change)):
        return False
    if path.is_variable and not step.owns(path) and not _is_array(base.before.things[path]):
        return False
    size = float(np.linalg.norm(frozen(base.before.values[path])))
    return bool(np.linalg.norm(change) > _ROUNDING * size)


def _is_array(thing: Any) -> bool:
    return isinstance(thing, np.ndarray) and thing.dtype.kind == "f"


def _unaliased(trial: Trial, paths: Sequence[Path]) -> list[Path]:
    """Keep one path of those that lead to the same things before and after."""
    seen = {}
    for path in paths:
        before, after = trial.before.things[path], trial.after.things[path]
        whole = isinstance(before, int) and isinstance(after, int)
        key = (id(before), id(after)) if not np.isscalar(after) else (str(path), 0)
        if not whole:
            seen.setdefault(key, path)
    return list(seen.values())


def _influential(
    step: Step, base: Trial, paths: Sequence[Path], found: Sequence[Update]
) -> list[Path]:
    """Return the paths that something like a loss depends on before they are updated."""
    first = {path: _first(base, path, found) for path in paths}
    point = {path: shaken(base.before.values[path], seed) for seed, path in enumerate(paths)}
    moved = step.trial(point, step.plan(None))
    if moved.failed:
        return []
    machine = step.scene.machine
    telling = set(evidence(machine, base, differing_events(base, moved)))
    counts = Counter(event.site for event in base.events)
    sites = frozenset(
        site for index in telling if counts[site := base.events[index].site] < OFTEN
    )
    if not sites:
        return []
    places = [index for index, event in enumerate(base.events) if event.site in sites]
    plan = step.plan(sites)
    still = step.trial({}, plan, recorded=sites)
    matter = []
    for path in paths:
        alone = step.trial({path: point[path]}, plan, recorded=sites)
        differing = {places[index] for index in differing_events(still, alone)}
        if any(index < first[path] for index in differing & telling):
            matter.append(path)
    return matter


def _first(base: Trial, path: Path, found: Sequence[Update]) -> int:
    """Return the first event of any site that updates a path."""
    own = [update for update in found if update.path == path]
    sites = {update.site for update in own}
    events = (index for index, event in enumerate(base.events) if event.site in sites)
    return next(events, min(update.index for update in own))


def differing_events(base: Trial, other: Trial) -> list[int]:
    """Return the places, in the first trial, of the events whose values another trial changed.

    Where the runs take different turns, all that follows counts as changed.
    """
    found = []
    for index, (one, two) in enumerate(zip(base.events, other.events, strict=False)):
        if one.site != two.site:
            return found + list(range(index, len(base.events)))
        if not same(one.value, two.value):
            found.append(index)
    return found + list(range(len(other.events), len(base.events)))


def shaken(value: Any, seed: int) -> Any:
    """Return a value moved at random by about a tenth of its size."""
    array = np.asarray(frozen(value))
    size = float(np.sqrt(np.mean(array**2))) or 1.0
    moved = array + 0.1 * size * Chance([seed % 2**32]).normal(size=array.shape)
    return moved if array.ndim else float(moved)


__all__ = ["Found", "Point", "discover", "differing_events", "shaken"]
