r"""All axes after the batch as one, for example between a convolution and a dense layer.

## Forward
An input of shape $(n, a, b, \dots)$ becomes $(n, a b \cdots)$, the last axis running fastest.

## Backward
$\partial L/\partial X$ is $\bar Y = \partial L/\partial Y$ in the shape of $X$, in the same order.

## Sources
Magnus and Neudecker, *Matrix Differential Calculus with Applications in Statistics and
Econometrics* (1999), chapter 2, section 4 (the vec operator, which runs along columns instead).
"""

import math
from collections.abc import Sequence
from typing import Any

from gradcheck.array import Array, Shape
from gradcheck.op import Gradients, Inferred, Inputs, Op, Options, Parameters, Worked


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    (shape,) = shapes
    return Inferred(output=(shape[0], math.prod(shape[1:])))


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    (x,) = inputs
    return x.reshape(infer([x.shape], options).output), x.shape


def backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(dy.reshape(cache),))


OP = Op(
    name="flatten",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    worked=(
        Worked(
            inputs=([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]],),
            output=[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]],
            source="definition",
        ),
    ),
)
