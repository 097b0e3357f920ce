r"""Exponential function.

## Forward
$e^z$; it overflows above $z = 709$.

## Backward
$e^z$, the activation itself.

## Sources
*NIST Digital Library of Mathematical Functions* (2010), section 4.7.
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    return np.exp(z)


def slope(z: Array) -> Array:
    return np.exp(z)


OP = elementwise(
    name="exp",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(
            inputs=([0.0, math.log(3.0), -math.log(2.0)],),
            output=[1.0, 3.0, 0.5],
            source="definition",
        ),
    ),
)
