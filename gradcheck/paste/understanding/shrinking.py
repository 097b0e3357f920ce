"""A smaller batch for steps that are slow: a few samples show a wrong gradient as well as many."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Step

_KEPT = 5
_MANY = 10
_SLOW = 0.04


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
    for path, thing in found.base.before.things.items():
        if path in found.parameters or not isinstance(thing, np.ndarray) or not thing.ndim:
            continue
        if not found.step.can_set(path):
            continue
        side: Literal["first", "last"]
        for side, size in (("first", thing.shape[0]), ("last", thing.shape[-1])):
            if size >= _MANY:
                groups[side, size][path] = thing[:_KEPT] if side == "first" else thing[..., :_KEPT]
    yield from sorted(groups.values(), key=lambda group: -sum(part.size for part in group.values()))


def _with(step: Step, data: Mapping[Path, Any]) -> Step:
    names = tuple(path.root for path in data if path.is_variable)
    return replace(step, data=data, variables=(*step.variables, *names))


def _trains(found: Found, trial: Any) -> bool:
    return all(np.any(trial.change(path)) for path in found.parameters)
