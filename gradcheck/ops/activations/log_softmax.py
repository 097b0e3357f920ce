r"""Logarithm of the softmax along the last axis.

## Forward
$y_i = z_i - \ln \sum_j e^{z_j}$, with the largest $z$ of the row subtracted from all first. It
stays finite where the logarithm of a softmax would be that of zero.

## Backward
$\partial L/\partial z_i = \bar y_i - s_i \sum_j \bar y_j$ with
$\bar y = \partial L/\partial y$ and $s_i = e^{y_i}$. For the largest $s_i$ of a row it is taken
as $\bar y_i \sum_{j \ne i} s_j - s_i \sum_{j \ne i} \bar y_j$, which is the same but doesn't
cancel in a saturated row ($s_i \approx 1$).

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3.
"""

import math
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.activations._last_axis import along_features


def function(z: Array) -> Array:
    shifted: Array = z - z.max(axis=-1, keepdims=True)
    y: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return y


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    y = function(inputs[0])
    return y, y


def backward(dy: Array, cache: Any) -> Gradients:
    s = np.exp(cache)
    largest = np.zeros(s.shape, dtype=bool)
    np.put_along_axis(largest, s.argmax(axis=-1, keepdims=True), True, axis=-1)
    others = np.where(largest, 0, s).sum(axis=-1, keepdims=True)
    rest = np.where(largest, 0, dy).sum(axis=-1, keepdims=True)
    total = dy.sum(axis=-1, keepdims=True)
    return Gradients(inputs=(np.where(largest, dy * others - s * rest, dy - s * total),))


OP = Op(
    name="log_softmax",
    kind="activation",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=along_features,
    function=function,
    worked=(
        Worked(
            inputs=([[0.0, math.log(3.0)], [5.0, 5.0]],),
            output=[[-math.log(4.0), math.log(0.75)], [-math.log(2.0), -math.log(2.0)]],
            source="by hand: ln 1/(1 + 3) and ln 3/(1 + 3)",
        ),
    ),
)
