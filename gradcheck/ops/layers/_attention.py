"""Scaled dot-product attention: the arithmetic that both attention layers share."""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import ShapeError

LOWEST = -1e300
"""Below every score; stands in for those that do not take part in a maximum."""


def allowed(steps: int, keys: int, mask: Array | None, *, causal: bool) -> Array:
    """Tell which query may look at which key, (n, t, s) or (1, t, s)."""
    pairs = np.tri(steps, keys, dtype=bool) if causal else np.full((steps, keys), True)
    if mask is None:
        return pairs[None]
    odd = (mask != 0) & (mask != 1)
    if odd.any():
        raise ShapeError(
            f"a key mask needs 1 (take part) or 0 (padding) for each key, but holds {mask[odd][0]}"
        )
    seen: Array = pairs & (mask != 0)[:, None, :]
    return seen


def attend(q: Array, k: Array, v: Array, pairs: Array) -> tuple[Array, Array]:
    """Return the output (..., t, e) and the weights (..., t, s), the scaled scores' softmax.

    A query that may look at no key has weights and output zero.
    """
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    largest = np.where(pairs, scores, LOWEST).max(axis=-1, keepdims=True)
    e = np.where(pairs, np.exp(np.where(pairs, scores - largest, 0)), 0)
    total = e.sum(axis=-1, keepdims=True)
    weights: Array = e / np.where(total == 0, 1, total)
    return weights @ v, weights


def gradients(
    dy: Array, q: Array, k: Array, v: Array, weights: Array
) -> tuple[Array, Array, Array]:
    """Return the gradients of queries, keys and values."""
    dv = weights.swapaxes(-1, -2) @ dy
    dw = dy @ v.swapaxes(-1, -2)
    # The weights of a row sum to 1, so that a constant may be taken off; this one keeps the
    # digits of a row in which one weight is all but 1.
    dw = dw - np.take_along_axis(dw, weights.argmax(axis=-1)[..., None], axis=-1)
    ds = weights * (dw - (dw * weights).sum(axis=-1, keepdims=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.swapaxes(-1, -2) @ q, dv
