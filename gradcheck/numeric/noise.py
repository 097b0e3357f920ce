r"""The noise of a computed function, measured.

The $k$-th differences of a smooth function at closely spaced points shrink with $k$; those
of its rounding noise of standard deviation $\epsilon_f$ grow as $\epsilon_f
\sqrt{(2k)!}/k!$. So a table of differences shows $\epsilon_f$ as the level on which its
columns agree (Hamming's method, made an algorithm by Moré and Wild, *Estimating
Computational Noise*, SIAM J. Sci. Comput. 33 (2011)).
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS

POINTS = 8
"""Function values needed; Moré and Wild recommend six to eight."""

SPACING = 1e-10
"""Relative distance of the points: far above rounding, far below curvature."""


LEAST = EPS / 2
"""Noise relative to the size of what is computed: agreement of all digits is luck."""


def offsets() -> Array:
    """Return the steps, relative to the scale of the line, at which `level` wants values."""
    return SPACING * (np.arange(POINTS) - POINTS // 2)


def level(values: Array) -> float:
    """Estimate the standard deviation of the noise in `values`, taken at `offsets()`.

    Never below `LEAST` of the largest value.
    """
    floor = LEAST * float(np.max(np.abs(values)))
    levels, mixed = _levels(values)
    for k in range(len(levels) - 2):
        three = levels[k : k + 3]
        if max(three) <= 4 * min(three) and mixed[k]:
            return max(levels[k], floor)
    return max(min(levels, default=0.0), floor)


def _levels(values: Array) -> tuple[list[float], list[bool]]:
    """Return the noise that each column of differences speaks for, and whether its signs mix."""
    levels, mixed = [], []
    column = np.asarray(values, dtype=np.float64)
    for k in range(1, len(values) - 1):
        column = np.diff(column)
        gamma = math.factorial(k) ** 2 / math.factorial(2 * k)
        levels.append(math.sqrt(gamma * float(np.mean(column**2))))
        mixed.append(bool(column.min() < 0 < column.max()))
    return levels, mixed
