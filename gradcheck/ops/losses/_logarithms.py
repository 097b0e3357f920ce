"""Logarithms that stay silent and exact at the edges of a loss's domain."""

import numpy as np

from gradcheck.array import Array


def log1p(x: Array) -> Array:
    """Return ln(1 + x) for x >= 0.

    NumPy's `log1p` of complex numbers rounds a small x away; 2 artanh(x / (2 + x)) does not, but
    it loses digits of a large one.
    """
    if type(x) is not np.ndarray or x.dtype != np.complex128:
        return np.log1p(x)
    small = x < 1
    near: Array = np.where(small, x, 0)
    result: Array = np.where(small, 2 * np.arctanh(near / (2 + near)), np.log(1 + x))
    return result


def times_log(y: Array, p: Array) -> Array:
    """Return y ln p: 0 where both are 0, minus infinity for p = 0 alone, nan for p < 0.

    The sign of p is that of its real part: the complex logarithm of a negative number is
    finite, and would hide that the real one does not exist.
    """
    sign = np.sign(p.real)
    edge = np.where(sign == 0, np.where(y == 0, 0, -np.inf), np.nan)
    return np.where(sign > 0, y * np.log(np.where(sign > 0, p, 1)), edge)


def ratio(y: Array, p: Array) -> Array:
    """Return y / p, the derivative of y ln p: 0 for y = 0, infinite for p = 0 alone."""
    with np.errstate(divide="ignore"):
        return y / np.where(y == 0, 1, p)
