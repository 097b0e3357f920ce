r"""Rectified linear unit.

## Forward
$\max(z, 0)$.

## Backward
$1$ for $z > 0$ and $0$ for $z < 0$.

## Kinks
At $z = 0$; the backward pass takes $0$ there, as is usual. Every value in $[0, 1]$ is a
subgradient.

## Sources
Nair and Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines* (2010).
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    return np.where(z > 0, z, 0)


def slope(z: Array) -> Array:
    return np.where(z > 0, 1.0, 0.0)


def kinks(z: Array) -> Array:
    return z


OP = elementwise(
    name="relu",
    doc=__doc__,
    function=function,
    slope=slope,
    kinks=kinks,
    worked=(Worked(inputs=([-2.0, 3.0],), output=[0.0, 3.0], source="definition"),),
)
