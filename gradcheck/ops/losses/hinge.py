r"""Hinge loss of each element, for labels -1 and +1.

## Forward
The terms are $\max(0, 1 - y \hat y)$, with a score $\hat y$ and a label $y$ of the same shape.

## Backward
$-y$ where $y \hat y < 1$, and $0$ where the margin is met.

## Kinks
At $y \hat y = 1$; the backward pass takes $0$ there. Every value between $-y$ and $0$ is a
subgradient.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 7.45.
"""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.losses._shapes import matching
from gradcheck.ops.losses._targets import check_signs


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    yhat, y = inputs
    check_signs(y)
    missing = 1 - y * yhat
    return np.where(missing > 0, missing, 0), (missing, y)


def backward(dy: Array, cache: Any) -> Gradients:
    missing, y = cache
    return Gradients(inputs=(np.where(missing > 0, -dy * y, 0), None))


def kinks(inputs: Inputs, options: Options) -> Array:  # noqa: ARG001
    return 1 - inputs[1] * inputs[0]


OP = Op(
    name="hinge",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=matching,
    arity=(2, 2),
    kinks=kinks,
    worked=(
        Worked(
            inputs=([[0.25, -3.0, 2.0, 0.5]], [[1.0, 1.0, 1.0, -1.0]]),
            output=[[0.75, 4.0, 0.0, 1.5]],
            source="by hand: 1 - 0.25, 1 + 3, none and 1 + 0.5",
        ),
    ),
)
