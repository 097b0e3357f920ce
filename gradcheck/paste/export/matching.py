"""Arrays that are one and the same, however they are laid out."""

from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

_CLOSE = 1e-9
"""Values that differ by less than this share of the largest are one value, rounded twice."""


@record
class Turn:
    """How an array stands in a config: `axes` turned round, then of another `shape`, if any."""

    transposed: bool = False
    shape: tuple[int, ...] | None = None

    def __call__(self, array: Array) -> Array:
        turned = array.T if self.transposed else array
        return turned if self.shape is None else turned.reshape(self.shape)


class Values:
    """A program's values, to be asked whether some array is among them."""

    def __init__(self, values: Sequence[Array]) -> None:
        self._by_size: dict[int, list[Array]] = {}
        for value in values:
            self._by_size.setdefault(value.size, []).append(value)

    def has(self, array: Array) -> bool:
        """Tell whether a matrix is there, turned round or not."""
        near = self._by_size.get(array.size, [])
        return any(same(turn(value), array) for value in near for turn in turns(value))


def turns(value: Array) -> Iterator[Turn]:
    """Yield the ways in which an array can be a matrix of samples, or of weights."""
    match value.ndim:
        case 0:
            yield Turn(shape=(1, 1))
        case 1:
            yield Turn(shape=(1, value.size))
            if value.size > 1:
                yield Turn(shape=(value.size, 1))
        case 2:
            yield Turn()
            yield Turn(transposed=True)


def same(one: Array, other: Array) -> bool:
    """Tell whether two arrays are one, but for rounding."""
    if one.shape != other.shape or not np.all(np.isfinite(other)):
        return False
    size = float(np.max(np.abs(other), initial=0.0))
    return bool(np.max(np.abs(one - other), initial=0.0) <= _CLOSE * size)
