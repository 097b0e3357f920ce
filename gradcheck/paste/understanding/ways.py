"""Known ways from a gradient to an update: cut off at bounds, rescaled, with a weight decay."""

from collections.abc import Sequence

import numpy as np

from gradcheck.array import Array

_SAME = 1e-6
_CLOSE = 1e-9
_FEW = 3
_MOST_SHRUNK = 0.95
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
    if not (factors[0] > 0 and -_SAME <= factors[1] <= _MOST_DECAYED):
        return False
    return bool(np.linalg.norm(left) <= _SAME * np.linalg.norm(claim))


def is_bounded(pairs: Sequence[tuple[Array, Array, Array]]) -> bool:
    """Tell whether claims are a value, but where the parameter then stops at one of two bounds."""
    claim, value, own = (np.concatenate(part) for part in zip(*pairs, strict=True))
    told = value != 0
    ratios = np.sort(claim[told] / value[told])
    factor = float(ratios[len(ratios) // 2]) if len(ratios) else 0.0
    new, meant = own - claim, own - factor * value
    near = _CLOSE * float(np.max(np.abs(new)))
    free = np.abs(new - meant) <= near
    above, below = ~free & (meant > new), ~free & (meant < new)
    if factor <= 0 or np.sum(free & told) < max(_FEW, len(claim) / 2):
        return False
    at_bounds = np.all(new[above] >= new.max() - near) and np.all(new[below] <= new.min() + near)
    return bool(at_bounds)


def is_shrunk(claim: Array, value: Array, own: Array) -> bool:
    """Tell whether a claim is a multiple of a value and then a share of what it leaves.

    So is the update of a parameter that is scaled back to some norm.
    """
    if claim.size <= _FEW:
        return False
    factors, *_ = np.linalg.lstsq(np.stack([value, own], axis=1), claim, rcond=None)
    left = claim - np.stack([value, own], axis=1) @ factors
    if not (factors[0] > 0 and -_SAME <= factors[1] < _MOST_SHRUNK):
        return False
    return bool(np.linalg.norm(left) <= _SAME * np.linalg.norm(claim))
