r"""Softplus, a smooth rectifier.

## Forward
$\ln(1 + e^z)$, computed as $\max(z, 0) + \ln(1 + e)$ with $e = e^{-|z|}$. The logarithm is
$2 \operatorname{artanh}(e / (2 + e))$, since NumPy's complex `log1p` rounds a small $e$ away.

## Backward
The logistic function $\sigma(z) = 1 / (1 + e^{-z})$.

## Sources
Dugas, Bengio, Bélisle, Nadeau and Garcia, *Incorporating Second-Order Functional Knowledge
for Better Option Pricing* (2001).
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise
from gradcheck.ops._logistic import logistic


def function(z: Array) -> Array:
    positive = z > 0
    e: Array = np.exp(np.where(positive, -z, z))
    value: Array = np.where(positive, z, 0) + 2 * np.arctanh(e / (2 + e))
    return value


def slope(z: Array) -> Array:
    return logistic(z)


OP = elementwise(
    name="softplus",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(
            inputs=([0.0, math.log(3.0), -math.log(2.0)],),
            output=[math.log(2.0), math.log(4.0), math.log(1.5)],
            source="by hand: ln(1 + 1), ln(1 + 3) and ln(1 + 1/2)",
        ),
    ),
)
