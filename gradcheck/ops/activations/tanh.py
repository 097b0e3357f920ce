r"""Hyperbolic tangent.

## Forward
$\tanh z$.

## Backward
$1 / \cosh^2 z = 4 e / (1 + e)^2$ with $e = e^{-2|z|}$, at the *pre-activation* $z$. With the
activation $a = \tanh z$ at hand it is $1 - a^2$, which loses digits where $|a|$ is close to 1:
at $z = 15$ only three are left.

## Sources
LeCun, Bottou, Orr and Müller, *Efficient BackProp* (1998), section 4.4.
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    return np.tanh(z)


def slope(z: Array) -> Array:
    e: Array = np.exp(-2 * np.abs(z))
    value: Array = 4 * e / (1 + e) ** 2
    return value


OP = elementwise(
    name="tanh",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(
            inputs=([0.0, math.log(3.0), -math.log(2.0)],),
            output=[0.0, 0.8, -0.6],
            source="by hand: (3 - 1/3) / (3 + 1/3) and (1/2 - 2) / (1/2 + 2)",
        ),
    ),
)
