"""Products of all pairs of two vectors' elements or of two matrices' columns, made on demand."""

import math
from functools import cached_property
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
        width = len(self.columns)
        if not isinstance(some, slice):
            return np.asarray(self.rows[some // width] * self.columns[some % width])
        start, stop, _ = some.indices(len(self))
        first = start // max(width, 1)
        rows = self.rows[first : -(-stop // max(width, 1))]
        products: Array = np.einsum("i,j->ij", rows, self.columns).ravel()
        return products[start - first * width : stop - first * width]

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
        start, stop, _ = some.indices(len(self))
        if stop - start == len(self):
            return self._all
        width = self.right.shape[1]
        first = start // width
        rows = self.left[:, first : -(-stop // width)]
        return (rows.T @ self.right).ravel()[start - first * width : stop - first * width]

    def _few(self, some: int | Array) -> Array:
        k, c = np.divmod(some, self.right.shape[1])
        found: Array = (self.left[:, k] * self.right[:, c]).sum(axis=0)
        return found

    def finite(self) -> bool:
        """Tell whether all products are: mostly because not even the largest factors' would not."""
        with np.errstate(over="ignore", invalid="ignore"):
            largest = (np.abs(factor).max(initial=0.0) for factor in (self.left, self.right))
            most = len(self.left) * math.prod(map(float, largest))
            return bool(np.isfinite(most)) or bool(np.isfinite(self[:]).all())

    def __matmul__(self, other: Array) -> float:
        """Return the inner product with a flat array."""
        shaped = other.reshape(self.left.shape[1], self.right.shape[1])
        return float((self.left.T * (shaped @ self.right.T)).sum())
