"""Updates: the sums and differences by which a step changes the numbers that it keeps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.steps import Trial
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

_SEARCHED = 2000


@record
class Update:
    """One execution of an update of what is at `path`: `left` says which operand is the change.

    `index` is the place of the event in its trial. `site` is -1 for one that code outside of the
    program does, which no run can steer.
    """

    path: Path
    site: int
    left: bool
    index: int


def updates(trial: Trial, paths: Sequence[Path]) -> list[Update]:
    """Return the updates of these paths in a trial, in the order in which they happened."""
    owners = dict(_owners(trial, paths))
    found = []
    for index, event in enumerate(trial.events):
        if event.left is None and event.right is None:
            continue
        path = owners.get(id(event.thing)) or owners.get(id(_base(event.owner)))
        if path is not None and (left := _change(trial, path, event)) is not None:
            found.append(Update(path=path, site=event.site, left=left, index=index))
    missing = [path for path in paths if path not in {update.path for update in found}]
    return found + list(_by_value(trial, missing))


def _owners(trial: Trial, paths: Sequence[Path]) -> Iterator[tuple[int, Path]]:
    """Yield the identity of each thing that is at a path after the step, and of a list's items."""
    for path in reversed(paths):
        thing = trial.after.things.get(path)
        if isinstance(thing, list):
            for item in thing:
                yield id(item), path
        yield id(thing), path


def _base(owner: Any) -> Any:
    while isinstance(owner, np.ndarray) and isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner


def _change(trial: Trial, path: Path, event: Event) -> bool | None:
    """Tell which operand is the change, the left or the right; None where neither was there before."""
    there = trial.before.things.get(path)
    if (event.augments and _is_scalar(event)) or there is event.thing or (event.owner is not None and there is _base(event.owner)):
        return False  # An in-place change.
    before = frozen(trial.before.values.get(path))
    if same(before, event.left) or _among(event.left, before):
        return False
    if same(before, event.right) or _among(event.right, before):
        return True
    return None


def _is_scalar(event: Event) -> bool:
    """Tell changes of a number under a name or an attribute; those in arrays are seen in place."""
    return not isinstance(event.thing, np.ndarray) and not isinstance(event.owner, np.ndarray | list)


def _among(value: Any, values: Any) -> bool:
    """Tell whether a number is an element of an array."""
    return isinstance(value, float) and np.ndim(values) > 0 and bool(np.any(values == value))


def _by_value(trial: Trial, paths: Sequence[Path]) -> Iterator[Update]:
    """Find updates whose result was copied to where it is now."""
    for path in paths:
        before = frozen(trial.before.values.get(path))
        after = frozen(trial.after.values.get(path))
        for index, event in enumerate(trial.events[:_SEARCHED]):
            if event.left is None or event.owner is not None:
                continue
            if same(event.value, after) or _among(event.value, after):
                left = _change(trial, path, event)
                if left is not None:
                    yield Update(path=path, site=event.site, left=left, index=index)


def rates(found: Iterable[Update]) -> Mapping[int, bool]:
    """Return the sites of updates, each with the operand that is the change."""
    return {update.site: update.left for update in found if update.site >= 0}
