r"""Leaky rectified linear unit.

## Forward
$z$ for $z > 0$ and $s z$ otherwise, with $s$ the `negative_slope`.

## Backward
$1$ for $z > 0$ and $s$ for $z < 0$.

## Kinks
At $z = 0$, unless $s = 1$; the backward pass takes $s$ there. Every value between $s$ and 1
is a generalised gradient.

## Sources
Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models* (2013),
section 2.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Option, Worked, elementwise


def function(z: Array, negative_slope: float = 0.01) -> Array:
    return np.where(z > 0, z, negative_slope * z)


def slope(z: Array, negative_slope: float = 0.01) -> Array:
    return np.where(z > 0, 1.0, negative_slope)


def kinks(z: Array, negative_slope: float) -> Array:
    return z if negative_slope != 1 else np.full(z.shape, np.inf)


OP = elementwise(
    name="leaky_relu",
    doc=__doc__,
    function=function,
    slope=slope,
    kinks=kinks,
    options={
        "negative_slope": Option(doc="slope s for z < 0", type="number", default=0.01),
    },
    worked=(
        Worked(
            inputs=([-2.0, 0.0, 3.0],),
            options={"negative_slope": 0.25},
            output=[-0.5, 0.0, 3.0],
            source="definition",
        ),
    ),
)
