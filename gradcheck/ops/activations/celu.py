r"""Continuously differentiable exponential linear unit.

## Forward
$z$ for $z > 0$ and $\alpha\,(e^{z/\alpha} - 1)$ otherwise, with $\alpha$ the `alpha`.

## Backward
$1$ for $z > 0$ and $e^{z/\alpha}$ otherwise. Both are 1 at $z = 0$, so unlike an ELU's the
derivative never jumps.

## Sources
Barron, *Continuously Differentiable Exponential Linear Units* (2017).
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Option, Worked, elementwise


def function(z: Array, alpha: float = 1.0) -> Array:
    positive = z > 0
    return np.where(positive, z, alpha * np.expm1(np.where(positive, 0, z) / alpha))


def slope(z: Array, alpha: float = 1.0) -> Array:
    return np.exp(np.minimum(z, 0) / alpha)


OP = elementwise(
    name="celu",
    doc=__doc__,
    function=function,
    slope=slope,
    options={
        "alpha": Option(doc="minus the value far to the left", type="number", default=1.0, above=0),
    },
    worked=(
        Worked(
            inputs=([-4.0 * math.log(2.0), 3.0],),
            options={"alpha": 4.0},
            output=[-2.0, 3.0],
            source="by hand: 4·(1/2 - 1)",
        ),
    ),
)
