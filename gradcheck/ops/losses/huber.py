r"""Huber loss of each element: squared near the target, absolute far from it.

## Forward
With the residual $r = \hat y - y$ and the threshold $\delta$ = `delta`, the terms are $r^2/2$
for $|r| \le \delta$ and $\delta\,(|r| - \delta/2)$ beyond. Both are $c\,(r - c/2)$, where $c$ is
$r$ clipped to $[-\delta, \delta]$, and that is what is computed.

## Backward
$c$ for each term: the residual, clipped. It is continuous, so there are no kinks; only the
second derivative jumps, at $|r| = \delta$.

## Sources
Huber, *Robust Estimation of a Location Parameter* (1964); Hastie, Tibshirani and
Friedman, *The Elements of Statistical Learning* (2nd ed., 2009), equation 10.23 (twice this).
"""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.losses._shapes import matching


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    residual = inputs[0] - inputs[1]
    clipped = np.minimum(np.maximum(residual, -options["delta"]), options["delta"])
    return clipped * (residual - clipped / 2), clipped


def backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(dy * cache, None))


OP = Op(
    name="huber",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=matching,
    arity=(2, 2),
    options={
        "delta": Option(
            doc="residual beyond which the loss grows linearly", type="number", default=1.0, above=0
        ),
    },
    worked=(
        Worked(
            inputs=([[1.0, 4.0, -5.0]], [[0.0, 0.0, 0.0]]),
            options={"delta": 2.0},
            output=[[0.5, 6.0, 8.0]],
            source="by hand: 1²/2, 2·(4 - 1) and 2·(5 - 1)",
        ),
    ),
)
