r"""Sigmoid linear unit, also called swish.

## Forward
$z\,\sigma(z)$ with $\sigma$ the logistic function.

## Backward
$\sigma(z)\,(1 + z\,\sigma(-z))$. The second term comes from the product rule and is easily
forgotten.

## Sources
Elfwing, Uchibe and Doya, *Sigmoid-Weighted Linear Units for Neural Network Function
Approximation in Reinforcement Learning* (2018); Ramachandran, Zoph and Le,
*Searching for Activation Functions* (2017).
"""

import math

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise
from gradcheck.ops._logistic import logistic


def function(z: Array) -> Array:
    return z * logistic(z)


def slope(z: Array) -> Array:
    value: Array = logistic(z) * (1 + z * logistic(-z))
    return value


OP = elementwise(
    name="silu",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(
            inputs=([math.log(3.0), -math.log(3.0)],),
            output=[0.75 * math.log(3.0), -0.25 * math.log(3.0)],
            source="by hand: 1 / (1 + 1/3) and 1 / (1 + 3)",
        ),
    ),
)
