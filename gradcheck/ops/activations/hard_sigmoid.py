r"""Hard sigmoid, piecewise linear.

## Forward
$\min(\max(z + 3, 0), 6) / 6$. Older libraries have $0.2 z + 0.5$ clipped to $[0, 1]$ under the
same name.

## Backward
$1/6$ for $-3 < z < 3$ and $0$ outside.

## Kinks
At $z = -3$ and $z = 3$; the backward pass takes $0$ there. Every value in $[0, 1/6]$ is a
generalised gradient.

## Sources
Howard et al., *Searching for MobileNetV3* (2019), section 5.2.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    return np.where(z >= 3, 1, np.where(z > -3, (z + 3) / 6, 0))


def slope(z: Array) -> Array:
    return np.where((z > -3) & (z < 3), 1 / 6, 0.0)


def kinks(z: Array) -> Array:
    return np.where(z > 0, z - 3, z + 3)


OP = elementwise(
    name="hard_sigmoid",
    doc=__doc__,
    function=function,
    slope=slope,
    kinks=kinks,
    worked=(
        Worked(
            inputs=([-5.0, 0.0, 1.5, 4.0],),
            output=[0.0, 0.5, 0.75, 1.0],
            source="by hand: 3/6 and 4.5/6",
        ),
    ),
)
