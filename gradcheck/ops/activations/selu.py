r"""Scaled exponential linear unit.

## Forward
$\lambda z$ for $z > 0$ and $\lambda \alpha\,(e^z - 1)$ otherwise, with $\lambda \approx 1.0507$
and $\alpha \approx 1.6733$ such that mean 0 and variance 1 are kept.

## Backward
$\lambda$ for $z > 0$ and $\lambda \alpha e^z$ for $z < 0$.

## Kinks
At $z = 0$; the backward pass takes $\lambda \alpha \approx 1.7581$ there. Every value between
$\lambda$ and $\lambda \alpha$ is a generalised gradient.

## Sources
Klambauer, Unterthiner, Mayr and Hochreiter, *Self-Normalizing Neural Networks* (2017),
equation 2. The constants solve its fixed-point equations for mean 0 and variance 1.
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise

ALPHA = 1.6732632423543772848170429916717
SCALE = 1.0507009873554804934193349852946


def function(z: Array) -> Array:
    positive = z > 0
    return SCALE * np.where(positive, z, ALPHA * np.expm1(np.where(positive, 0, z)))


def slope(z: Array) -> Array:
    return SCALE * np.where(z > 0, 1.0, ALPHA * np.exp(np.minimum(z, 0)))


def kinks(z: Array) -> Array:
    return z


OP = elementwise(
    name="selu",
    doc=__doc__,
    function=function,
    slope=slope,
    kinks=kinks,
    worked=(
        Worked(
            inputs=([1.0, -math.log(2.0)],),
            output=[1.0507009873554805, -0.8790496704236883],
            source="the constants in the documentation of PyTorch's SELU: 1.0507... and half of "
            "1.0507...·1.6732...",
        ),
    ),
)
