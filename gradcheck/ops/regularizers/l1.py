r"""Sum of absolute values: the lasso penalty.

## Forward
The terms are $|w|$, one for each entry of the parameter.

## Backward
The sign of $w$.

## Kinks
At $w = 0$; the backward pass takes $0$ there. Every value in $[-1, 1]$ is a subgradient.

## Sources
Tibshirani, *Regression Shrinkage and Selection via the Lasso* (1996).
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(w: Array) -> Array:
    return np.where(w < 0, -w, w)


def slope(w: Array) -> Array:
    return np.sign(w)


def kinks(w: Array) -> Array:
    return w


OP = elementwise(
    name="l1",
    kind="regularizer",
    doc=__doc__,
    function=function,
    slope=slope,
    kinks=kinks,
    worked=(Worked(inputs=([-2.0, 0.0, 3.0],), output=[2.0, 0.0, 3.0], source="definition"),),
)
