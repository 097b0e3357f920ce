"""Products of all pairs of two vectors' elements, made only where they are asked for."""

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
