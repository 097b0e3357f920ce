r"""Softmax along the last axis.

## Forward
$s_i = e^{z_i} / \sum_j e^{z_j}$, with the largest $z$ of the row subtracted from all first,
which changes nothing but keeps the exponentials from overflowing.

## Backward
$\partial L/\partial z_i = s_i\,(\bar s_i - \sum_j \bar s_j s_j)$ with
$\bar s = \partial L/\partial s$: the Jacobian $\operatorname{diag}(s) - s s^\top$ is not
diagonal, so no elementwise derivative $s (1 - s)$ will do. As the outputs sum to 1, a constant
added to all of $\bar s$ has no effect; that of the largest output is subtracted first, since
otherwise a saturated row ($s_i \approx 1$) cancels.

## Sources
Bridle, *Probabilistic Interpretation of Feedforward Classification Network Outputs, with
Relationships to Statistical Pattern Recognition* (1990); Goodfellow, Bengio and Courville,
*Deep Learning* (2016), section 6.2.2.3.
"""

import math
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.activations._last_axis import along_features


def function(z: Array) -> Array:
    e: Array = np.exp(z - z.max(axis=-1, keepdims=True))
    s: Array = e / e.sum(axis=-1, keepdims=True)
    return s


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    s = function(inputs[0])
    return s, s


def backward(dy: Array, cache: Any) -> Gradients:
    s = cache
    dy = dy - np.take_along_axis(dy, s.argmax(axis=-1, keepdims=True), axis=-1)
    return Gradients(inputs=(s * (dy - (dy * s).sum(axis=-1, keepdims=True)),))


OP = Op(
    name="softmax",
    kind="activation",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=along_features,
    function=function,
    worked=(
        Worked(
            inputs=([[0.0, math.log(3.0)], [5.0, 5.0]],),
            output=[[0.25, 0.75], [0.5, 0.5]],
            source="by hand: 1/(1 + 3) and 3/(1 + 3)",
        ),
    ),
)
