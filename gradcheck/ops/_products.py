"""Products of matrices, one of which may be complex."""

import numpy as np

from gradcheck.array import Array


def product(x: Array, w: Array) -> Array:
    """Return x @ w for a matrix w.

    NumPy makes a real x complex where w is, and multiplies by zeros; here the real and imaginary
    parts of w are columns side by side.
    """
    plain = type(w) is np.ndarray and w.flags.c_contiguous
    if plain and w.dtype == np.complex128 and x.dtype == np.float64:
        return (x @ w.view(np.float64)).view(np.complex128)
    return x @ w
