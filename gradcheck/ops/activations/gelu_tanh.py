r"""Gaussian error linear unit, approximated with tanh.

## Forward
$\frac12 z\,(1 + \tanh u)$ with $u = \sqrt{2/\pi}\,(z + 0.044715 z^3)$, computed as
$z\,\sigma(2u)$, which does not cancel for negative $z$. It differs from the exact form by up to
$5 \cdot 10^{-4}$, so the derivative of one is wrong for the other.

## Backward
$\sigma(2u) + 2 z u'\,\sigma'(2u)$ with $u' = \sqrt{2/\pi}\,(1 + 0.134145 z^2)$.

## Sources
Hendrycks and Gimpel, *Gaussian Error Linear Units (GELUs)* (2016), section 2.
"""

import math

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise
from gradcheck.ops._logistic import logistic, logistic_slope

GAIN = math.sqrt(2 / math.pi)
CUBIC = 0.044715


def function(z: Array) -> Array:
    return z * logistic(2 * GAIN * (z + CUBIC * z**3))


def slope(z: Array) -> Array:
    w = 2 * GAIN * (z + CUBIC * z**3)
    return logistic(w) + z * 2 * GAIN * (1 + 3 * CUBIC * z**2) * logistic_slope(w)


OP = elementwise(
    name="gelu_tanh",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(
            inputs=([1.0, -1.0],),
            output=[0.8411919906082768, -0.1588080093917232],
            source="by hand: (1 + tanh 0.8335619) / 2, and that minus 1; TensorFlow's "
            "documentation of gelu has 0.841192 and -0.15880796",
        ),
    ),
)
