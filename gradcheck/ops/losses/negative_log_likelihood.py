r"""Negative log-likelihood of each sample, from log-probabilities along the last axis.

## Forward
The prediction $\ell$ has shape $(n, k)$ or $(n, ..., k)$ and holds $\ln p_k$, as a log-softmax
gives it; the terms $-\sum_k y_k \ell_k$ lack the last axis. Targets are class numbers 0 to
$k - 1$, of the terms' shape, or rows $y$ of the prediction's shape, one-hot or soft. A class
of weight 0 counts for nothing, even where its $\ell$ is minus infinity. Places whose class number
is `ignore` are padding, inside or outside of 0 to $k - 1$, and their terms are 0; the `reduction`
`active_mean` divides by the number of the others, `batch_mean` and `element_mean` count them all.

## Backward
$-y_k$ for each log-probability, $0$ for padding: a constant. The softmax's share, $p_k$, comes from
the backward pass of the log-softmax.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3.
"""

import math
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.losses._shapes import classes
from gradcheck.ops.losses._targets import IGNORE, active, smoothed


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    yhat, y = inputs
    weights = smoothed(y, yhat.shape, ignore=options["ignore"])
    return -(weights * np.where(weights == 0, 0, yhat)).sum(axis=-1), weights


def backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(-dy[..., None] * cache, None))


OP = Op(
    name="negative_log_likelihood",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=classes,
    active=active,
    arity=(2, 2),
    options={"ignore": IGNORE},
    worked=(
        Worked(
            inputs=([[-1.5, -0.25, -4.0], [-2.0, -3.0, -0.5]], [1, 0]),
            output=[0.25, 2.0],
            source="definition",
        ),
        Worked(
            inputs=([[-math.log(2), -math.log(4), -math.inf]], [[0.5, 0.5, 0.0]]),
            output=[1.5 * math.log(2)],
            source="by hand: (ln 2 + ln 4) / 2",
        ),
        Worked(
            inputs=([[-1.5, -0.25], [-2.0, -3.0], [-0.5, -1.0]], [1, -100, 0]),
            options={"ignore": -100},
            output=[0.25, 0.0, 0.5],
            source="definition",
        ),
    ),
)
