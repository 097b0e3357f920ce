"""Known ways from a gradient to an update: cut off at a bound, rescaled, with a weight decay."""

from collections.abc import Sequence

import numpy as np

from gradcheck.array import Array

_SAME = 1e-6
_CLOSE = 1e-9
_MOST_DECAYED = 0.5
"""The share of a parameter that a weight decay takes at most; what loses more is overwritten."""


def is_clipped(claim: Array, value: Array) -> bool:
    """Tell whether a claim is a multiple of a value, but for entries cut off at one bound."""
    if not np.any(value) or not np.any(claim):
        return False
    bound = float(np.max(np.abs(claim)))
    free = (np.abs(claim) < bound * (1 - _SAME)) & (value != 0)
    if not np.any(free):
        return bool(np.all(np.sign(claim) == np.sign(value)))
    scale = float(claim[free] @ value[free] / (value[free] @ value[free]))
    cut = np.clip(scale * value, -bound, bound)
    return bool(np.allclose(claim, cut, rtol=_SAME, atol=_CLOSE * bound))


def is_multiple(claim: Array, value: Array) -> bool:
    size = float(value @ value)
    return size > 0 and bool(
        np.linalg.norm(claim - claim @ value / size * value) <= _SAME * np.linalg.norm(claim)
    )


def is_decayed(pairs: Sequence[tuple[Array, Array, Array]]) -> bool:
    """Tell whether claims are a value plus the parameter, with the same two factors everywhere."""
    claim, value, own = (np.concatenate(part) for part in zip(*pairs, strict=True))
    factors, *_ = np.linalg.lstsq(np.stack([value, own], axis=1), claim, rcond=None)
    left = claim - np.stack([value, own], axis=1) @ factors
    if not (factors[0] > 0 and factors[1] <= _MOST_DECAYED):
        return False
    return bool(np.linalg.norm(left) <= _SAME * np.linalg.norm(claim))
