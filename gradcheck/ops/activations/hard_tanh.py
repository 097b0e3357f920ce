r"""Hard hyperbolic tangent, piecewise linear.

## Forward
$\min(\max(z, -1), 1)$.

## Backward
$1$ for $-1 < z < 1$ and $0$ outside.

## Kinks
At $z = -1$ and $z = 1$; the backward pass takes $0$ there. Every value in $[0, 1]$ is a
generalised gradient.

## Sources
Collobert, *Large Scale Machine Learning* (2004), doctoral thesis, Université Paris 6.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    return np.where(z >= 1, 1, np.where(z > -1, z, -1))


def slope(z: Array) -> Array:
    return np.where((z > -1) & (z < 1), 1.0, 0.0)


def kinks(z: Array) -> Array:
    return np.where(z > 0, z - 1, z + 1)


OP = elementwise(
    name="hard_tanh",
    doc=__doc__,
    function=function,
    slope=slope,
    kinks=kinks,
    worked=(
        Worked(
            inputs=([-5.0, -0.25, 0.5, 4.0],),
            output=[-1.0, -0.25, 0.5, 1.0],
            source="definition",
        ),
    ),
)
