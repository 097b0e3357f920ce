"""Tables that a program keeps, followed through its statements: what has moved their rows.

Two tables belong together, row by row, as they were where the later one first was there. What is
moved since, and not by the same permutation, belongs together no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.history import Moment
from gradcheck.paste.elsewhere.orders import Table, is_recoded, order, tables
from gradcheck.paste.understanding.paths import Path
from gradcheck.record import record


@record
class Track:
    """A table at the step, and what it was after each statement, where its rows were there."""

    path: Path
    array: Array
    now: Table
    versions: Sequence[Table | None]

    @property
    def moved_on(self) -> Array:
        """The array with its rows moved by one."""
        return np.roll(self.array, 1, axis=self.now.axis)

    @property
    def birth(self) -> int:
        """The first moment at which its rows were there."""
        return next(at for at, one in enumerate(self.versions) if one is not None)

    def since(self, first: int) -> list[Table]:
        """Return what it was at each moment from one on, and is at the step."""
        found: list[Table] = []
        for one in (*self.versions[first:], self.now):
            found.append(found[-1] if one is None else one)
        return found


@record
class Parting:
    """Where two tables lose their common order: `moment` is len(history) for the step itself.

    `second` tells whether the second of them was moved there; `strangers` is how many rows meet
    others at the step than they did at first.
    """

    moment: int
    second: bool
    strangers: int


def tracks(now: Mapping[Path, Array], moments: Sequence[Moment]) -> Iterator[Track]:
    """Yield the tracks of all arrays that some moment had, in whatever order.

    Labels are known again by their names alone: other labels may be the same in number.
    """
    for path, array in now.items():
        for table in tables(array):
            versions = [_version(path, table, moment) for moment in moments]
            if any(versions):
                yield Track(path=path, array=array, now=table, versions=versions)


def _version(path: Path, table: Table, moment: Moment) -> Table | None:
    names = [path.root, *moment.arrays] if table.is_unique else [path.root]
    for name in names:
        for one in tables(moment.arrays.get(name)):
            if one.axis == table.axis and order(one, table) is not None:
                return one
    return None


def parting(one: Track, other: Track, moments: Sequence[Moment]) -> Parting | None:
    """Return where two tables, the first without equal rows, lose their common order, if they do.

    An earlier table that is moved by itself, by a permutation known when the later one was made,
    may only catch up with that.
    """
    start = max(one.birth, other.birth)
    first, second = one.since(start), other.since(start)
    expected = second[0].values[_order(first[0], first[-1])]
    if _fits(expected, second[-1].values):
        return None
    earlier = 0 if one.birth < other.birth else 1 if other.birth < one.birth else None
    known = [*_permutations(moments[start], len(one.now))]
    found = None
    for at, ((a, b), (c, d)) in enumerate(pairwise(zip(first, second, strict=True))):
        if _fits(b.values[_order(a, c)], d.values):
            continue
        moved = not np.array_equal(a.values, c.values), not np.array_equal(b.values, d.values)
        catches_up = earlier is not None and moved == (earlier == 0, earlier == 1)
        ends = ((a, c), (b, d))[earlier or 0]
        if not catches_up or not any(
            np.array_equal(ends[0].values[q], ends[1].values) for q in known
        ):
            strangers = np.any(expected != second[-1].values, axis=1)
            found = Parting(moment=start + at + 1, second=moved[1], strangers=int(sum(strangers)))
    return found


def _order(old: Table, new: Table) -> Array:
    found = order(old, new)
    assert found is not None  # All versions of a track have the same rows.
    return found


def _fits(expected: Array, actual: Array) -> bool:
    return np.array_equal(expected, actual) or is_recoded(expected, actual)


def _permutations(moment: Moment, count: int) -> Iterator[Array]:
    """Yield the permutations that the program held, and their inverses."""
    for array in moment.arrays.values():
        if array.shape == (count,) and np.array_equal(np.sort(array), np.arange(count)):
            yield from (array.astype(int), np.argsort(array))
