r"""Log-softmax of each row, and the gradient of what is lost by it.

Everything is relative to the row's largest entry, whose $e^{z}$ is then 1, and the others'
sum $r$ is kept apart from that 1: in a saturated row $r$ is far below the rounding of $1 + r$,
and the loss and its gradient consist of it alone.
"""

from typing import NamedTuple

import numpy as np

from gradcheck.array import Array
from gradcheck.ops.losses._logarithms import log1p


class _Rows(NamedTuple):
    """Rows less their largest entry, where that is, all exponentials and the others' sum."""

    shifted: Array
    largest: Array
    e: Array
    rest: Array


def log_softmax(z: Array) -> Array:
    """Return the logarithm of each row's softmax."""
    rows = _split(z)
    return rows.shifted - log1p(rows.rest)


def slope(z: Array, weights: Array) -> Array:
    """Differentiate the sum over each row of -weights * log_softmax(z) by z.

    The usual form, softmax times the row's weight less the weights, cancels in a saturated row.
    """
    _, largest, e, rest = _split(z)
    others: Array = np.where(largest, rest, 1 + rest - e)
    elsewhere: Array = weights.sum(axis=-1, keepdims=True) - weights
    gradient: Array = (e * elsewhere - weights * others) / (1 + rest)
    return gradient


def _split(z: Array) -> _Rows:
    largest = np.arange(z.shape[-1]) == z.argmax(axis=-1)[..., None]
    shifted = z - z.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    rest = np.where(largest, 0, e).sum(axis=-1, keepdims=True)
    return _Rows(shifted=shifted, largest=largest, e=e, rest=rest)
