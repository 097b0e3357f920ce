"""Symmetric initial values: the units of a layer start alike, and are alike after some steps."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.paste.elsewhere.cause import Cause, Remark, listed
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.neglected import settable
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Point

_SAME = 1e-9


def _look(stage: Stage) -> Iterator[Remark]:
    if not (stage.origin.start and stage.walks):
        return
    walk = stage.walk(1.0)
    start = {**stage.start, **stage.idle}
    if not walk.steps or walk.end.keys() != start.keys():
        return
    for units, paths in _layers(stage, start, walk.end).items():
        zero = not any(np.any(start[path]) for path in paths)
        names = [str(path) for path in paths]
        yield Remark(
            message=f"the {units} units of a layer start alike, so they stay alike",
            evidence=(
                f"{listed(names)} start {'at zero' if zero else 'with equal numbers'}",
                f"after {walk.steps} steps their numbers are still the same for all {units} units",
                "at random weights their updates differ from unit to unit",
            ),
            help="draw the initial weights at random",
            place=stage.birth(paths[0].last),
            parameters=tuple(names),
        )


def _layers(stage: Stage, start: Point, end: Mapping[Path, Any]) -> Mapping[int, list[Path]]:
    """Return the parameters on either side of each layer of alike units, by their number."""
    found: dict[int, list[Path]] = defaultdict(list)
    step = replace(settable(stage.step, start), paths=tuple(start))
    trial = step.trial(stage.anywhere, step.plan(frozenset()))
    for path, value in start.items():
        change = trial.change(path)
        for axis, size in enumerate(np.shape(value)):
            alike = _are_alike(value, axis) and _are_alike(end[path], axis)
            if size > 1 and alike and change is not None and not _are_alike(change, axis):
                found[size].append(path)
    return {
        size: list(dict.fromkeys(paths)) for size, paths in found.items() if len(set(paths)) > 1
    }


def _are_alike(value: Any, axis: int) -> bool:
    parts = np.moveaxis(np.asarray(value), axis, 0)
    return bool(np.all(np.abs(parts - parts[:1]) <= _SAME * np.max(np.abs(parts), initial=0.0)))


CAUSE = Cause(code="TRN05", title="symmetric initial values", doc=__doc__, look=_look)
