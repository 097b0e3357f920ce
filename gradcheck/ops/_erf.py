r"""Error function and normal distribution function of real and complex arguments.

NumPy has neither. With $t = |z|$ by the real part:

- for $\operatorname{Re} t < ½$ the series
  $\operatorname{erf} t = \frac{2}{\sqrt\pi} e^{-t^2} \sum_n 2^n t^{2n+1} / (2n+1)!!$, whose terms
  don't cancel (Abramowitz and Stegun, *Handbook of Mathematical Functions* (1964), 7.1.6);
- otherwise
  $e^{t^2}\operatorname{erfc} t = \frac{2t}{\pi} \int_0^\infty \frac{e^{-s^2}}{t^2 + s^2} ds$
  (there, 7.4.11) by the trapezoidal rule with step $h = ½$, which errs by
  $e^{-\pi^2/h^2} \approx 10^{-17}$ once the residue $2 / (1 - e^{2\pi t/h})$ of the pole $s = it$
  is added (Matta and Reichel, *Uniform Computation of the Error Function and Other Related
  Functions*, Mathematics of Computation 25 (1971)).

Each is analytic in the argument, so that a complex step sees the true derivative. Good to a
few units in the last place, in relative terms also far out in the tails, for
$|\operatorname{Im} z| \le 1$.
"""

import math

import numpy as np

from gradcheck.array import Array

NEAR = 0.5
TERMS = 21
"""Enough for the series where |t| < 1.12: the first one left out is below 1e-19 of the sum."""

STEP = 0.5
NODES = STEP * np.arange(1, 14)
WEIGHTS = np.exp(-(NODES**2))

POLE = 6.0
"""From here on the residue is below 2e-16 of erfc; beyond pi / h there is none."""

FAR = 40.0
"""Beyond it exp(-z²/2) is zero in double precision."""


def erf(z: Array) -> Array:
    negative, near, small, large = _parts(z, z, rate=1.0)
    upper = np.where(near, small, 1 - large)
    return np.where(negative, -upper, upper)


def erfc(z: Array) -> Array:
    """Return 1 - erf(z), without its cancellation for large z."""
    return _complement(z, z, rate=1.0)


def normal_cdf(z: Array) -> Array:
    """Return the probability that a standard normal variable is below z."""
    return _complement(-z, -z / math.sqrt(2), rate=0.5) / 2


def normal_density(z: Array) -> Array:
    return _gaussian(np.where(z < 0, -z, z), rate=0.5) / math.sqrt(2 * math.pi)


def _complement(z: Array, scaled: Array, rate: float) -> Array:
    negative, near, small, large = _parts(z, scaled, rate)
    upper = np.where(near, 1 - small, large)
    return np.where(negative, 2 - upper, upper)


def _parts(z: Array, scaled: Array, rate: float) -> tuple[Array, Array, Array, Array]:
    """Return where `scaled` is negative, where it is near 0, and erf and erfc of |scaled|.

    `rate` z² is the square of `scaled`. The Gaussian is taken of z itself, since at a
    square of 700 a rounding of its argument would cost three digits.
    """
    negative = z < 0
    gaussian = _gaussian(np.where(negative, -z, z), rate)
    t = np.where(negative, -scaled, scaled)
    near = t < NEAR
    small = gaussian * _series(np.where(near, t, 0))
    far = np.where(near, 1, np.where(t > FAR, FAR, t))
    return negative, near, small, gaussian * _trapezoids(far) + _residue(far)


def _gaussian(z: Array, rate: float) -> Array:
    """Return exp(-rate z²), its exponent split so that its rounding is not magnified.

    The split point is exact in a few bits and cancels, so the result is analytic in z.
    """
    z = np.where(z > FAR, FAR, z)
    split = np.round(16 * z.real) / 16
    return np.exp(-rate * split**2) * np.exp(-rate * (z - split) * (z + split))


def _series(t: Array) -> Array:
    """Return erf(t) exp(t²)."""
    total: Array = np.ones_like(t)
    for n in range(TERMS, 0, -1):
        total = 1 + total * (2 * t * t) / (2 * n + 1)
    return 2 / math.sqrt(math.pi) * t * total


def _trapezoids(t: Array) -> Array:
    """Return erfc(t) exp(t²), but for the residue."""
    total: Array = np.zeros_like(t)
    for node, weight in zip(NODES[::-1], WEIGHTS[::-1], strict=True):
        total = total + weight / (t * t + node * node)
    rule: Array = STEP / math.pi * (1 / t + 2 * t * total)
    return rule


def _residue(t: Array) -> Array:
    inside = t < POLE
    return np.where(inside, -2 / np.expm1(2 * math.pi / STEP * np.where(inside, t, 1)), 0)
