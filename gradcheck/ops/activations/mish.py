r"""Mish: the input times the hyperbolic tangent of its softplus.

## Forward
$z \tanh(\ln(1 + e^z))$. With $e = e^z$ the tangent is $e (e + 2) / (e (e + 2) + 2)$, and with
$q = e^{-z}$ it is $(1 + 2q) / (1 + 2q + 2q^2)$; the one that cannot overflow is taken.

## Backward
The tangent plus $z$ times its derivative, which is $4 e (e + 1) / (e (e + 2) + 2)^2$ or
$4 q^2 (1 + q) / (1 + 2q + 2q^2)^2$.

## Sources
Misra, *Mish: A Self Regularized Non-Monotonic Activation Function* (2020).
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    _, top, bottom = _fraction(z)
    return z * (top / bottom)


def slope(z: Array) -> Array:
    q, top, bottom = _fraction(z)
    derivative = 4 * np.where(z < 0, q, q * q) * (1 + q) / (bottom * bottom)
    value: Array = top / bottom + z * derivative
    return value


def _fraction(z: Array) -> tuple[Array, Array, Array]:
    """Return exp(-|z|), and the tangent's numerator and denominator in terms of it."""
    negative = z < 0
    q: Array = np.exp(np.where(negative, z, -z))
    top = np.where(negative, q * (q + 2), 1 + 2 * q)
    return q, top, top + np.where(negative, 2, 2 * q * q)


OP = elementwise(
    name="mish",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(
            inputs=([math.log(2.0), 0.0, -math.log(2.0)],),
            output=[0.8 * math.log(2.0), 0.0, -math.log(2.0) * 5 / 13],
            source="by hand: tanh(ln 3) = 8/10 and tanh(ln 3/2) = (9/4 - 1) / (9/4 + 1)",
        ),
    ),
)
