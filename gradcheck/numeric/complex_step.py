r"""The complex-step derivative.

For an analytic $f$, $\operatorname{Im} f(x + ih) / h = f'(x) - h^2 f'''(x)/6 + \dots$:
nothing is subtracted, so $h$ may be so small that truncation vanishes and only rounding is
left (Squire and Trapp, *Using Complex Variables to Estimate Derivatives of Real Functions*,
SIAM Review 40 (1998)). At a kink the sign of $h$ chooses the side, since NumPy orders
complex numbers by their real part and then by their imaginary part.

It is exact only where the code really is analytic: `abs`, a norm or a cast to float
silently drop the imaginary part. So it never decides alone: differences must agree.
"""

import numpy as np

from gradcheck.numeric.estimate import EPS, Estimate, Lines

STEP = 2.0**-100
"""Small enough that h² vanishes, a power of two so that dividing by it is exact, and far
from underflow even behind gains of 1e-200."""

ROUNDING = 8.0
"""Roundings, in units of the largest, that a sum of terms is granted."""


def estimate(lines: Lines, *, both_sides: bool) -> Estimate:
    """Differentiate along each line; without `both_sides`, `left` is taken to be `right`."""
    up = lines(np.array([1j * STEP]))
    right, terms = up.value[0].imag / STEP, up.magnitude[0].imag / STEP
    left = right
    if both_sides:
        left = -lines(np.array([-1j * STEP])).value[0].imag / STEP
    bar = ROUNDING * EPS * np.maximum(terms, np.abs(right))
    return Estimate(value=right, bar=bar, left=left, right=right, gap_bar=2 * bar)
