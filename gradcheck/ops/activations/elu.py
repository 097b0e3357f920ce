r"""Exponential linear unit.

## Forward
$z$ for $z > 0$ and $\alpha\,(e^z - 1)$ otherwise, with $\alpha$ the `alpha`.

## Backward
$1$ for $z > 0$ and $\alpha e^z$ for $z < 0$. With the activation $a$ at hand the latter is
$a + \alpha$, which loses digits where $a$ is close to $-\alpha$.

## Kinks
At $z = 0$, unless $\alpha = 1$; the backward pass takes $\alpha$ there. Every value between
$\alpha$ and 1 is a generalised gradient.

## Sources
Clevert, Unterthiner and Hochreiter, *Fast and Accurate Deep Network Learning by Exponential
Linear Units (ELUs)* (2016), section 3.
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Option, Worked, elementwise


def function(z: Array, alpha: float = 1.0) -> Array:
    positive = z > 0
    return np.where(positive, z, alpha * np.expm1(np.where(positive, 0, z)))


def slope(z: Array, alpha: float = 1.0) -> Array:
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def kinks(z: Array, alpha: float) -> Array:
    return z if alpha != 1 else np.full(z.shape, np.inf)


OP = elementwise(
    name="elu",
    doc=__doc__,
    function=function,
    slope=slope,
    kinks=kinks,
    options={
        "alpha": Option(doc="minus the value far to the left", type="number", default=1.0, above=0),
    },
    worked=(
        Worked(
            inputs=([-math.log(2.0), 3.0],),
            options={"alpha": 4.0},
            output=[-2.0, 3.0],
            source="by hand: 4·(1/2 - 1)",
        ),
    ),
)
