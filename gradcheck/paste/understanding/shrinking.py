"""A smaller batch for steps that are slow: a few samples show a wrong gradient as well as many."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.machine import Machine, Scene
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Step

_KEPT = (3, 5)
"""So many samples are kept; another number where another draw proves what this one has shown."""

_MANY = 10
_SLOW = 0.04


def cuts(scene: Scene) -> Iterator[Scene]:
    """Yield scenes with parts of the arrays among a program's own variables, the largest first."""
    variables = scene.machine.variables
    scene.snapshot.restore()
    groups: dict[int, list[str]] = defaultdict(list)
    for name, thing in variables.items():
        if isinstance(thing, np.ndarray) and thing.ndim and len(thing) >= _MANY:
            groups[len(thing)].append(name)
    kept = _kept(scene.machine)
    for names in sorted(groups.values(), key=lambda names: -sum(variables[n].size for n in names)):
        scene.snapshot.restore()
        variables.update({name: variables[name][:kept].copy() for name in names})
        yield Scene(scene.machine, scene.start)


def whole(found: Found, scene: Scene) -> Found:
    """Return a step as it is in the scene that was cut."""
    return replace(found, step=replace(found.step, scene=scene), whole=None)


def _kept(machine: Machine) -> int:
    return _KEPT[min(machine.draw, len(_KEPT) - 1)]


def shrunk(found: Found) -> Found | None:
    """Return a slow step on a part of its data; None where it is fast, or can't be cut."""
    if found.base.seconds < _SLOW:
        return None
    for data in _cuts(found):
        step = _with(found.step, data)
        trial = step.trial({}, step.plan(None))
        if not trial.failed and trial.seconds < found.base.seconds / 2 and _trains(found, trial):
            return replace(found, step=step, base=trial)
    return None


def _cuts(found: Found) -> Iterator[Mapping[Path, Any]]:
    """Yield parts of all arrays that have as many rows, or columns, the largest arrays first."""
    groups: dict[tuple[str, int], dict[Path, Any]] = defaultdict(dict)
    kept = _kept(found.step.scene.machine)
    for path, thing in found.base.before.things.items():
        if path in found.parameters or not isinstance(thing, np.ndarray) or not thing.ndim:
            continue
        if not found.step.can_set(path):
            continue
        side: Literal["first", "last"]
        for side, size in (("first", thing.shape[0]), ("last", thing.shape[-1])):
            if size >= _MANY:
                groups[side, size][path] = thing[:kept] if side == "first" else thing[..., :kept]
    yield from sorted(groups.values(), key=lambda group: -sum(part.size for part in group.values()))


def _with(step: Step, data: Mapping[Path, Any]) -> Step:
    names = tuple(path.root for path in data if path.is_variable)
    return replace(step, data=data, variables=(*step.variables, *names))


def _trains(found: Found, trial: Any) -> bool:
    return all(np.any(trial.change(path)) for path in found.parameters)
