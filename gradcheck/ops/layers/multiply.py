r"""Elementwise product of two or more inputs, as in a gate.

## Forward
$Y = \prod_k X_k$, all of one shape: nothing is broadcast.

## Backward
$\partial L/\partial X_k = \bar Y \prod_{j \ne k} X_j$ with $\bar Y = \partial L/\partial Y$.
The product of the others is multiplied anew rather than found as $Y / X_k$, which fails where
$X_k$ is zero.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), on multiplicative gates; Dauphin,
Fan, Auli and Grangier, *Language Modeling with Gated Convolutional Networks* (2017), section 2.
"""

from functools import reduce
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.layers._equal_shapes import equal


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    return reduce(np.multiply, inputs), tuple(inputs)


def backward(dy: Array, cache: Any) -> Gradients:
    others = (cache[:k] + cache[k + 1 :] for k in range(len(cache)))
    return Gradients(inputs=tuple(reduce(np.multiply, rest, dy) for rest in others))


OP = Op(
    name="multiply",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=equal,
    arity=(2, None),
    worked=(
        Worked(
            inputs=([[1.0, 2.0]], [[10.0, -5.0]], [[0.5, 3.0]]),
            output=[[5.0, -30.0]],
            source="by hand",
        ),
    ),
)
