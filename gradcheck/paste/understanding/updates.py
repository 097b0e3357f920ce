"""Updates: the sums and differences by which a step changes the numbers that it keeps."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.steps import Trial
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

_SEARCHED = 2000
_LEFT = 0.5, 1.5
"""The share of a parameter that a weight decay leaves in one step: above 1, of the wrong sign."""

_SAME = 1e-12
_TINY = float(np.finfo(float).tiny)

_LINKS = 3
"""So many sums in a row, at most, make one update: `w - a - b` is made of two."""


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


@record
class _Sums:
    """Sums and differences of one shape, with their places, and the first number of each."""

    found: Sequence[tuple[int, Event]]
    firsts: Array


@record
class _Kept:
    """What a path led to before and after a step: the things, and their values."""

    path: Path
    before: Any
    after: Any
    old: Any
    new: Any


def updates(trial: Trial, paths: Sequence[Path]) -> list[Update]:
    """Return the updates of these paths in a trial, in the order in which they happened."""
    kept = [_kept(trial, path) for path in paths]
    owners = {key: one for one in reversed(kept) for key in _identities(one.after)}
    found = []
    for index, event in enumerate(trial.events):
        if event.left is None and event.right is None:
            continue
        one = owners.get(id(event.thing)) or owners.get(id(_base(event.owner)))
        if one is not None and (left := _change(one, event)) is not None:
            found.append(Update(path=one.path, site=event.site, left=left, index=index))
    seen = {update.path for update in found}
    sums = _sums(trial)
    return found + [u for one in kept if one.path not in seen for u in _by_value(sums, one)]


def idle_updates(trial: Trial, paths: Sequence[Path]) -> Iterator[Update]:
    """Yield in-place updates of arrays and lists that changed nothing: of gradients of zero.

    Into lists, sums are added up as well, again and again: those that add anything are none.
    """
    owners = {key: path for path in paths for key in _identities(trial.before.things.get(path))}
    found = [
        (event, Update(path=path, site=event.site, left=False, index=index))
        for index, event in enumerate(trial.events)
        if event.augments
        and (path := owners.get(id(event.thing)) or owners.get(id(_base(event.owner))))
    ]
    busy = {u.path for event, u in found if isinstance(event.owner, list) and _adds(event)}
    yield from (update for _, update in found if update.path not in busy)


def _adds(event: Event) -> bool:
    """Tell updates that change a number, be it by next to nothing."""
    left, right = event.left, event.right
    if left is None or right is None or np.shape(left) != np.shape(right):
        return True
    return bool(np.any(np.add(left, right) != left))


def _kept(trial: Trial, path: Path) -> _Kept:
    before, after = trial.before, trial.after
    return _Kept(
        path=path,
        before=before.things.get(path),
        after=after.things.get(path),
        old=frozen(before.values.get(path)),
        new=frozen(after.values.get(path)),
    )


def _identities(thing: Any) -> Iterator[int]:
    """Yield the identity of a thing, and of the items of a list."""
    yield id(thing)
    if isinstance(thing, list):
        for item in thing:
            yield from _identities(item)


def _base(owner: Any) -> Any:
    while isinstance(owner, np.ndarray) and isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner


def _change(one: _Kept, event: Event) -> bool | None:
    """Tell whether the left operand is the change; None where neither was there before."""
    if _is_in_place(one, event) or _was_there(one.old, event.left):
        return False
    return True if event.adds and _was_there(one.old, event.right) else None


def _is_in_place(one: _Kept, event: Event) -> bool:
    """Tell changes of the thing itself, or of a number under a name or an attribute."""
    if one.before is event.thing:
        return True
    if event.owner is not None and id(_base(event.owner)) in set(_identities(one.before)):
        return True
    held = isinstance(event.thing, np.ndarray) or isinstance(event.owner, np.ndarray | list)
    return event.augments and not held


def _was_there(old: Any, operand: Any) -> bool:
    """Tell whether an operand is what was there before, or an element of it."""
    if same(old, operand) or _is_decayed(old, operand):
        return True
    return isinstance(operand, float) and np.ndim(old) > 0 and bool(np.any(old == operand))


def _is_decayed(old: Any, operand: Any) -> bool:
    """Tell whether an operand is a share of what was there before, the same in all entries."""
    if not isinstance(operand, np.ndarray) or operand.size < 2 or np.shape(old) != operand.shape:
        return False
    share = float(np.sum(operand * old)) / max(float(np.sum(old * old)), _TINY)
    return _LEFT[0] <= share <= _LEFT[1] and bool(
        np.allclose(operand, share * old, rtol=_SAME, atol=0)
    )


def _sums(trial: Trial) -> Mapping[Any, _Sums]:
    """Return the sums and differences of a trial, by the shapes of their values.

    Changes of an object itself are known by the object.
    """
    found: dict[Any, list[tuple[int, Event]]] = defaultdict(list)
    for index, event in enumerate(trial.events[:_SEARCHED]):
        if event.left is not None and event.owner is None:
            found[np.shape(event.value)].append((index, event))
    return {
        shape: _Sums(found=own, firsts=np.array([np.ravel(event.value)[0] for _, event in own]))
        for shape, own in found.items()
    }


def _likely(
    sums: Mapping[Any, _Sums], shape: tuple[int, ...], new: Any
) -> Iterator[tuple[int, Event]]:
    """Yield the sums that begin as a value does, or one of its rows, columns or numbers."""
    own = sums.get(shape)
    if own is None:
        return
    whole = np.shape(new)
    firsts = []
    if shape == whole:
        firsts.append(np.ravel(new)[:1])
    if shape == whole[1:]:
        firsts.append(np.reshape(new, (len(np.atleast_1d(new)), -1))[:, 0])
    if shape == whole[:-1]:
        firsts.append(np.reshape(new, (-1, whole[-1] if whole else 1))[0])
    if not shape:
        firsts.append(np.ravel(new))
    # What `np.isin` does, which imports more of NumPy at its first call.
    known = np.sort(np.concatenate(firsts))
    at = np.minimum(np.searchsorted(known, own.firsts), len(known) - 1)
    yield from compress(own.found, known[at] == own.firsts)


def _by_value(sums: Mapping[Any, _Sums], one: _Kept) -> Iterator[Update]:
    """Find updates whose results were copied to where they are now, or that several sums make."""
    whole = np.shape(one.new)
    shapes = dict.fromkeys((whole, whole[1:], whole[:-1], ()))
    for index, event in (found for shape in shapes for found in _likely(sums, shape, one.new)):
        yield from _chain(sums, one, event.value, (index, event), _LINKS) or ()


def _chain(
    sums: Mapping[Any, _Sums], one: _Kept, result: Any, last: tuple[int, Event], links: int
) -> list[Update] | None:
    """Return the sums, of which this is the last, that lead from what was there to a result.

    None where they start from something else: `w - a - b` is a difference of a difference.
    """
    index, event = last
    for left in (False, True) if event.adds else (False,):
        operand = event.right if left else event.left
        own = Update(path=one.path, site=event.site, left=left, index=index)
        if _moves(one, operand, result):
            return [own]
        inner = _latest(sums, operand, index) if links > 1 and np.any(operand) else None
        before = _chain(sums, one, result, inner, links - 1) if inner else None
        if before is not None:
            return [*before, own]
    return None


def _latest(sums: Mapping[Any, _Sums], value: Any, before: int) -> tuple[int, Event] | None:
    """Return the latest sum before an event whose value is this."""
    shape = np.shape(value)
    for index, event in reversed([*_likely(sums, shape, value)]):
        if index < before and np.shape(event.value) == shape and same(event.value, value):
            return index, event
    return None


def _moves(one: _Kept, operand: Any, result: Any) -> bool:
    """Tell whether a sum leads from what was there to what is there, in whole or in a part."""
    if same(one.new, result) and (same(one.old, operand) or _is_decayed(one.old, operand)):
        return True
    if np.ndim(one.old) == 0 or np.shape(one.old) != np.shape(one.new):
        return False
    if np.shape(operand) != np.shape(result) or same(operand, result):
        return False
    pairs = zip(_places(one.old, operand), _places(one.new, result), strict=False)
    return any(bool(np.any(before & after)) for before, after in pairs)


def _places(whole: Any, part: Any) -> Iterator[Any]:
    """Yield where a number, a row or a column is in an array: whether it is, by its index."""
    whole, part = np.asarray(whole), np.asarray(part)
    if part.ndim == 0:
        yield whole == part
    elif part.shape == whole.shape[1:]:
        yield np.all(whole == part, axis=tuple(range(1, whole.ndim)))
    elif part.shape == whole.shape[:-1]:
        yield np.all(whole == part[..., None], axis=tuple(range(whole.ndim - 1)))


def rates(found: Iterable[Update]) -> Mapping[int, bool]:
    """Return the sites of updates, each with the operand that is the change."""
    return {update.site: update.left for update in found if update.site >= 0}
