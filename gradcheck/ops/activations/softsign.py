r"""Softsign.

## Forward
$z / (1 + |z|)$.

## Backward
$1 / (1 + |z|)^2$. In spite of the absolute value it is smooth once: from either side the
derivative at 0 is 1.

## Sources
Glorot and Bengio, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*
(2010), section 3.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    value: Array = z / (1 + np.where(z < 0, -z, z))
    return value


def slope(z: Array) -> Array:
    return 1 / (1 + np.abs(z)) ** 2


OP = elementwise(
    name="softsign",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(inputs=([3.0, 0.0, -1.0],), output=[0.75, 0.0, -0.5], source="by hand: 3/4, -1/2"),
    ),
)
