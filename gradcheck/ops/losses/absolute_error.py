r"""Absolute error of each element.

## Forward
The terms are $|\hat y - y|$; the prediction $\hat y$ and the target $y$ have the same shape.

## Backward
The sign of $\hat y - y$ for each term: $1$ above the target, $-1$ below it.

## Kinks
At $\hat y = y$; the backward pass takes $0$ there. Every value in $[-1, 1]$ is a subgradient.

## Sources
Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2nd ed., 2009),
section 10.6.
"""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.losses._shapes import matching


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    residual = inputs[0] - inputs[1]
    return np.where(residual < 0, -residual, residual), residual


def backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(dy * np.sign(cache), None))


def kinks(inputs: Inputs, options: Options) -> Array:  # noqa: ARG001
    return inputs[0] - inputs[1]


OP = Op(
    name="absolute_error",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=matching,
    arity=(2, 2),
    kinks=kinks,
    worked=(
        Worked(
            inputs=([[3.0, -1.0, 0.5]], [[1.0, 2.0, 0.5]]),
            output=[[2.0, 3.0, 0.0]],
            source="by hand: 3 - 1, 2 + 1 and 0",
        ),
    ),
)
