r"""Identity: no activation at all.

## Forward
$z$.

## Backward
$1$.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.1 (linear units).
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    return +z


def slope(z: Array) -> Array:
    return np.ones_like(z)


OP = elementwise(
    name="identity",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(Worked(inputs=([-2.0, 3.0],), output=[-2.0, 3.0], source="definition"),),
)
