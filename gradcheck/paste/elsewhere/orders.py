"""The orders of rows: by which permutation one table has the rows of another."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

_FEWEST = 8
"""Tables of fewer rows say nothing: by chance, they may be in any order."""

_MOST = 300_000
_SHIFTS = 3


@record
class Table:
    """An array as (samples, features), its samples being along `axis`."""

    values: Array
    axis: int

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_unique(self) -> bool:
        """Whether no two rows are equal, so that each can be found again."""
        return len(set(_keys(self.values))) == len(self)


def tables(value: Any) -> Iterator[Table]:
    """Yield the tables that an array may be: samples as rows, or else as columns."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub" or value.size > _MOST:
        return
    for axis in (0, 1) if value.ndim == 2 else (0,):
        if value.ndim and value.shape[axis] >= _FEWEST:
            rows = np.moveaxis(value, axis, 0).reshape(value.shape[axis], -1)
            yield Table(values=np.array(rows, dtype=float, order="C"), axis=axis)


def order(old: Table, new: Table) -> Array | None:
    """Return the places in one table of the rows of another; None where the rows are others.

    Equal rows are taken in turn.
    """
    if old.values.shape != new.values.shape:
        return None
    places: dict[bytes, deque[int]] = defaultdict(deque)
    for place, key in enumerate(_keys(old.values)):
        places[key].append(place)
    found = [places[key].popleft() if places[key] else -1 for key in _keys(new.values)]
    return None if -1 in found else np.array(found)


def is_recoded(old: Array, new: Array) -> bool:
    """Tell rows that are others throughout, each always the same: `1 - y`, turned or shifted."""
    turned = [old[::-1], *(np.roll(old, shift, axis=0) for shift in range(-_SHIFTS, _SHIFTS + 1))]
    if any(np.array_equal(new, one) for one in turned):
        return True
    kinds = len(set(_keys(old)))
    return kinds < len(old) and len(set(_keys(np.hstack([old, new])))) == kinds


def _keys(values: Array) -> Sequence[bytes]:
    return [row.tobytes() for row in values + 0.0]  # There are two zeros, which are equal.
