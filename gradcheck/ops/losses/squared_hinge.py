r"""Squared hinge loss of each element, for labels -1 and +1.

## Forward
The terms are $\max(0, 1 - y \hat y)^2$, with a score $\hat y$ and a label $y$ of the same shape.

## Backward
$-2 y \max(0, 1 - y \hat y)$. It is continuous, so there are no kinks.

## Sources
Tang, *Deep Learning using Linear Support Vector Machines* (2013).
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
    missing = np.where(missing > 0, missing, 0)
    return missing**2, (missing, y)


def backward(dy: Array, cache: Any) -> Gradients:
    missing, y = cache
    return Gradients(inputs=(-2 * missing * y * dy, None))


OP = Op(
    name="squared_hinge",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=matching,
    arity=(2, 2),
    worked=(
        Worked(
            inputs=([[0.25, -3.0, 2.0, 0.5]], [[1.0, 1.0, 1.0, -1.0]]),
            output=[[0.5625, 16.0, 0.0, 2.25]],
            source="by hand: 0.75², 4², none and 1.5²",
        ),
    ),
)
