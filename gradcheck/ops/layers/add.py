r"""Sum of two or more inputs, as at the end of a residual branch.

## Forward
$Y = \sum_k X_k$, all of one shape: nothing is broadcast.

## Backward
$\partial L/\partial X_k = \bar Y$ for each input, with $\bar Y = \partial L/\partial Y$. An input
that is used twice gets it twice, and the contributions add up.

## Sources
He, Zhang, Ren and Sun, *Deep Residual Learning for Image Recognition* (2016), equation 1.
"""

from functools import reduce
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.layers._equal_shapes import equal


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    return reduce(np.add, inputs), len(inputs)


def backward(dy: Array, cache: Any) -> Gradients:
    # One copy for each, so that a caller may add to one without changing another.
    return Gradients(inputs=tuple(dy.copy() for _ in range(cache)))


OP = Op(
    name="add",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=equal,
    arity=(2, None),
    worked=(
        Worked(
            inputs=([[1.0, 2.0]], [[10.0, -5.0]], [[0.5, 0.0]]),
            output=[[11.5, -3.0]],
            source="by hand",
        ),
    ),
)
