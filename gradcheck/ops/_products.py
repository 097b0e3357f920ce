"""Products of matrices, one of which may be complex.

NumPy makes a real factor complex where the other one is, and multiplies by zeros. Here real and
imaginary parts are rows, or columns, of one real matrix.
"""

import numpy as np

from gradcheck.array import Array

LARGE = 2**12
"""Entries of a real matrix from which on it takes longer to make it complex than to part rows."""


def product(x: Array, w: Array) -> Array:
    """Return x @ w for a matrix w."""
    if type(x) is not np.ndarray or type(w) is not np.ndarray:
        return x @ w
    if w.dtype == np.complex128 and x.dtype == np.float64 and w.flags.c_contiguous:
        return (x @ w.view(np.float64)).view(np.complex128)
    if x.dtype == np.complex128 and w.dtype == np.float64 and w.size >= LARGE:
        return _by_parts(x, w)
    return x @ w


def _by_parts(x: Array, w: Array) -> Array:
    parts = np.empty((2, *x.shape))
    parts[0], parts[1] = x.real, x.imag
    found = (parts.reshape(-1, x.shape[-1]) @ w).reshape(2, *x.shape[:-1], w.shape[-1])
    y = np.empty(found.shape[1:], dtype=np.complex128)
    y.real, y.imag = found
    return y
