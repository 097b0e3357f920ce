"""Moves of columns of pre-activations: which rows of which samples, as what patterns."""

from collections.abc import Callable

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Response, Site
from gradcheck.record import record


@record
class ColumnMoves:
    """Moves of columns of pre-activations: each of `patterns` in each of `columns`.

    `drawn(k, c)` makes patterns number k as column c has them, (P, n, r) of samples and rows. Moves
    are in the order of columns, or of patterns if those come `first`.
    """

    patterns: int
    columns: int
    drawn: Callable[[Array, Array], Array]
    first: bool

    def __len__(self) -> int:
        return self.patterns * self.columns

    def part(self, start: int, size: int) -> tuple[Array, Array]:
        """Return which patterns and columns to move next: at most `size`, of as few as possible."""
        inner = self.columns if self.first else self.patterns
        left = inner - start % inner
        stop = start + (size // inner * inner if size >= left == inner else min(size, left))
        outer, within = np.divmod(np.arange(start, min(stop, len(self))), inner)
        return (outer, within) if self.first else (within, outer)

    def by_pattern(self, values: Array) -> Array:
        """Return one value for each move as (patterns, columns, ...)."""
        rest = values.shape[1:]
        if self.first:
            return values.reshape(self.patterns, self.columns, *rest)
        return values.reshape(self.columns, self.patterns, *rest).swapaxes(0, 1)


def one_at_a_time(samples: int, rows: int, columns: int, *, first: bool = False) -> ColumnMoves:
    """Return moves of one sample's one pre-activation each."""

    def drawn(k: Array, c: Array) -> Array:  # noqa: ARG001
        found = np.zeros((len(k), samples * rows))
        found[np.arange(len(k)), k] = 1.0
        return found.reshape(len(k), samples, rows)

    return ColumnMoves(patterns=samples * rows, columns=columns, drawn=drawn, first=first)


def together(samples: int, rows: int, columns: int, *, first: bool) -> ColumnMoves:
    """Return moves of one pre-activation of all samples each."""

    def drawn(k: Array, c: Array) -> Array:  # noqa: ARG001
        found = np.zeros((len(k), samples, rows))
        found[np.arange(len(k)), :, k] = 1.0
        return found

    return ColumnMoves(patterns=rows, columns=columns, drawn=drawn, first=first)


def of_entries(site: Site, response: Response) -> ColumnMoves:
    samples, rows, columns = site.shape
    coefficients = response.coefficients
    if response.apart:
        return one_at_a_time(samples, rows, columns)
    if coefficients is None or response.diagonal:

        def same(k: Array, c: Array) -> Array:  # noqa: ARG001
            if coefficients is None:
                return np.ones((len(c), samples, rows))
            return np.ascontiguousarray(coefficients[:, :, c].transpose(2, 0, 1))

        return ColumnMoves(patterns=1, columns=columns, drawn=same, first=False)
    ordered = np.ascontiguousarray(coefficients.transpose(2, 0, 1))

    def whole(k: Array, c: Array) -> Array:  # noqa: ARG001
        consecutive = k[-1] - k[0] == len(k) - 1
        return ordered[k[0] : k[-1] + 1] if consecutive else ordered[k]

    return ColumnMoves(patterns=len(ordered), columns=columns, drawn=whole, first=False)
