"""The inputs of a step: the arrays that its predictions depend on and that it does not change."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.pairs import pairs
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.influence import shaken
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

_MOST = 8
_LEAST = 3
"""Arrays of fewer samples say nothing about their ranges."""


@record
class Input:
    """One variable that holds inputs; `table` has them as (samples, features)."""

    name: str
    values: Mapping[Path, Any]
    table: Array
    columns: bool

    def scaled(self) -> dict[Path, Any]:
        """Return the same inputs with means of zero and deviations of one, feature by feature."""
        spread = self.table.std(axis=0)
        table = (self.table - self.table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        return self._filled(table)

    def zeroed(self) -> dict[Path, Any]:
        return self._filled(np.zeros_like(self.table))

    def _filled(self, table: Array) -> dict[Path, Any]:
        if len(self.values) == 1:
            ((path, value),) = self.values.items()
            return {path: (table.T if self.columns else table).reshape(np.shape(value))}
        rows = zip(self.values.items(), table, strict=True)
        return {path: row.reshape(np.shape(value)) for (path, value), row in rows}


def inputs(stage: Stage) -> list[Input]:
    """Return the inputs that predictions depend on.

    Where predictions are not known, as in losses of margins, tables of several features that the
    loss depends on are inputs: what it holds against them has one.
    """
    known = pairs(stage)
    sides = {pair.site: pair.left for pair in known}
    outputs = [pair.prediction for pair in known] or _outputs(stage)
    found = []
    for name, values in list(_unchanged(stage))[:_MOST]:
        one = _input(name, values, outputs) if known or _is_table(values) else None
        if one is not None and (known or one.table.shape[1] > 1):
            found += [one] if _is_felt(stage, values, sides or {stage.loss.site: None}) else []
    return found


def _outputs(stage: Stage) -> list[Array]:
    """Return all that depends on the parameters before the loss."""
    return [np.asarray(event.value) for event in stage.forward()[0]]


def _is_table(values: Mapping[Path, Any]) -> bool:
    return all(np.ndim(value) == 2 for value in values.values())


def fed(stage: Stage, data: Mapping[Path, Any]) -> Stage:
    """Return the same stage on other data."""
    own = tuple(path.root for path in data if path.is_variable)
    step = replace(stage.step, data=data, variables=(*stage.step.variables, *own))
    return stage.on(step)


def _unchanged(stage: Stage) -> Iterator[tuple[str, dict[Path, Any]]]:
    """Yield what may be data, by the variable that it is in."""
    before, after = stage.base.before, stage.base.after.values
    groups: dict[tuple[str, str], dict[Path, Any]] = defaultdict(dict)
    for path, thing in before.things.items():
        if path in stage.parameters or not isinstance(thing, np.ndarray | list):
            continue
        if stage.step.can_set(path) and same(frozen(before.values[path]), frozen(after.get(path))):
            groups[path.scope, path.root][path] = frozen(thing)
    yield from ((root, values) for (_, root), values in groups.items())


def _is_felt(stage: Stage, values: Mapping[Path, Any], sides: Mapping[int, bool | None]) -> bool:
    """Tell whether something changes when a variable's numbers do, at random weights.

    `sides` are the sites of that; what counts is the left operand, the right one, or the value.
    """
    there = {path: shaken(value, seed) for seed, (path, value) in enumerate(values.items())}
    plain, moved = (
        [_side(event, sides[event.site]) for event in one.moved.events if event.site in sides]
        for one in (stage, fed(stage, there))
    )
    return len(plain) == len(moved) and not all(map(np.array_equal, plain, moved))


def _side(event: Event, left: bool | None) -> Any:
    return event.value if left is None else event.left if left else event.right


def _input(name: str, values: Mapping[Path, Any], outputs: Sequence[Array]) -> Input | None:
    arrays = [np.asarray(value) for value in values.values()]
    if len(arrays) > 1:
        if len({array.size for array in arrays}) > 1:
            return None
        table, columns = np.stack([np.ravel(array) for array in arrays]), False
    elif arrays[0].ndim == 2:
        columns = _has_columns(arrays[0], outputs)
        table = arrays[0].T if columns else arrays[0]
    elif arrays[0].ndim == 1:
        table, columns = arrays[0][:, None], False
    else:
        return None
    if len(table) < _LEAST:
        return None
    return Input(name=name, values=values, table=table, columns=columns)


def _has_columns(array: Array, outputs: Sequence[Array]) -> bool:
    """Tell whether samples are columns: as many as the predictions have, along the same axis."""
    shapes = [out.shape for out in outputs if out.ndim == 2]
    if not shapes:
        lengths = {len(out) for out in outputs if out.ndim == 1}
        return array.shape[1] in lengths and array.shape[0] not in lengths
    first, last = (
        size if any(shape[axis] == size for shape in shapes) else 0
        for axis, size in enumerate(array.shape)
    )
    return last > first
