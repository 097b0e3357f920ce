"""Products of all pairs of two vectors' elements or of two matrices' columns, made on demand."""

import math
from collections.abc import Callable
from functools import cached_property, partial
from typing import overload

import numpy as np

from gradcheck.array import Array


class Outer:
    """The flattened matrix of `rows` (k) times `columns` (c): k·c numbers, but k + c in memory."""

    def __init__(self, rows: Array, columns: Array) -> None:
        self.rows = rows
        self.columns = columns

    def __len__(self) -> int:
        return len(self.rows) * len(self.columns)

    @overload
    def __getitem__(self, some: slice) -> Array: ...
    @overload
    def __getitem__(self, some: Array) -> Array: ...
    def __getitem__(self, some: slice | Array) -> Array:
        """Return some of the products."""
        if not isinstance(some, slice):
            width = len(self.columns)
            return np.asarray(self.rows[some // width] * self.columns[some % width])
        return self.made(some, room(self, len(range(*some.indices(len(self))))))

    def made(self, some: slice, room: Array, factor: float = 1.0) -> Array:
        """Make so many times a stretch of the products in a flat array that has `room` for them."""
        start, stop, _ = some.indices(len(self))
        first, rows, products = _rows(start, stop, len(self.columns), room)
        np.einsum("i,j->ij", factor * self.rows[rows], self.columns, out=products)
        return products.reshape(-1)[start - first : stop - first]

    def min(self) -> float:
        """Return the smallest product of factors that are not negative."""
        return float(self.rows.min() * self.columns.min())

    def max(self) -> float:
        """Return the largest product of factors that are not negative."""
        return float(self.rows.max() * self.columns.max())

    def __matmul__(self, other: Array) -> float:
        """Return the inner product with a flat array."""
        return float(self.rows @ (other.reshape(len(self.rows), -1) @ self.columns))

    def __mul__(self, factor: float) -> "Outer":
        return Outer(self.rows * factor, self.columns)


class Inner:
    """The flattened matrix of inner products of `left` columns (n, k) with `right` ones (n, c).

    Those k·c numbers are made stretch by stretch, all together only for who asks for all.
    """

    def __init__(self, left: Array, right: Array) -> None:
        self.left = left
        self.right = right

    def __len__(self) -> int:
        return int(self.left.shape[1] * self.right.shape[1])

    @cached_property
    def _all(self) -> Array:
        found: Array = (self.left.T @ self.right).ravel()
        return found

    @overload
    def __getitem__(self, some: int) -> float: ...
    @overload
    def __getitem__(self, some: slice | Array) -> Array: ...
    def __getitem__(self, some: int | slice | Array) -> Array | float:
        """Return some of the products."""
        if not isinstance(some, slice):
            few = np.size(some) * len(self.left) <= len(self)
            found: Array = self._few(some) if few else self._all[some]
            return found
        count = len(range(*some.indices(len(self))))
        return self._all if count == len(self) else self.made(some, room(self, count))

    def made(self, some: slice, room: Array) -> Array:
        """Make a stretch of the products in a flat array that has `room` for them."""
        start, stop, _ = some.indices(len(self))
        first, rows, products = _rows(start, stop, self.right.shape[1], room)
        np.matmul(self.left[:, rows].T, self.right, out=products)
        return products.reshape(-1)[start - first : stop - first]

    def _few(self, some: int | Array) -> Array:
        k, c = np.divmod(some, self.right.shape[1])
        found: Array = (self.left[:, k] * self.right[:, c]).sum(axis=0)
        return found

    def finite(self) -> bool:
        """Tell whether all products are: mostly because not even the largest factors' would not."""
        pair = (self.left, self.right)
        with np.errstate(over="ignore", invalid="ignore"):
            largest = (max(factor.max(initial=0.0), -factor.min(initial=0.0)) for factor in pair)
            most = len(self.left) * math.prod(map(float, largest))
            return bool(np.isfinite(most)) or bool(np.isfinite(self[:]).all())

    def __matmul__(self, other: Array) -> float:
        """Return the inner product with a flat array."""
        shaped = other.reshape(self.left.shape[1], self.right.shape[1])
        return float((self.left.T * (shaped @ self.right.T)).sum())


def _rows(start: int, stop: int, width: int, room: Array) -> tuple[int, slice, Array]:
    """Return where the rows that hold a stretch begin, which they are, and an array for them."""
    rows = slice(start // max(width, 1), -(-stop // max(width, 1)))
    count = max(rows.stop - rows.start, 0)
    return rows.start * width, rows, room[: count * width].reshape(count, width)


def room(source: Outer | Inner, count: int) -> Array:
    """Return an array in which so many products can be made, with what else their rows hold."""
    width = len(source.columns) if isinstance(source, Outer) else source.right.shape[1]
    return np.empty(count + 2 * width)


def stretches(source: Array | Outer | Inner, count: int) -> Callable[[slice], Array]:
    """Return what gives stretches of at most so many numbers, each good until the next one is.

    Making them all in one place spares fresh memory, which is slow.
    """
    if isinstance(source, np.ndarray):
        return source.__getitem__
    return partial(source.made, room=room(source, min(count, len(source))))
