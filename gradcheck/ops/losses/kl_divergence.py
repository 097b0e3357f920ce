r"""Kullback-Leibler divergence of each sample's prediction from its target.

## Forward
The terms are $\sum_k y_k \ln(y_k / p_k)$ over the last axis, with $0 \ln 0 = 0$; target $y$ and
prediction have the same shape $(n, k)$ or $(n, ..., k)$. The prediction holds $p$ with
`from: probabilities`, $\ln p$ with `from: log_probabilities` and logits whose softmax is $p$ with
`from: logits`.

## Backward
$-y_k / p_k$ for a probability, $-y_k$ for a log-probability, $p_k \sum_j y_j - y_k$ for a logit.
They are those of the cross-entropy, from which this differs by the target's entropy, a
constant.

## Sources
Kullback and Leibler, *On Information and Sufficiency* (1951); Goodfellow, Bengio and
Courville, *Deep Learning* (2016), section 3.13.
"""

import math
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.losses._logarithms import ratio, times_log
from gradcheck.ops.losses._shapes import distributions
from gradcheck.ops.losses._softmax import log_softmax, slope


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    yhat = inputs[0]
    y = 1.0 * inputs[1]  # NumPy takes the logarithm of small integers in half precision
    if options["from"] == "probabilities":
        cross = times_log(y, yhat)
    else:
        logs = log_softmax(yhat) if options["from"] == "logits" else yhat
        cross = y * np.where(y == 0, 0, logs)
    return (times_log(y, y) - cross).sum(axis=-1), (yhat, y, options["from"])


def backward(dy: Array, cache: Any) -> Gradients:
    yhat, y, kind = cache
    if kind == "logits":
        each = slope(yhat, y)
    else:
        each = -ratio(y, yhat) if kind == "probabilities" else -y
    return Gradients(inputs=(dy[..., None] * each, None))


OP = Op(
    name="kl_divergence",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=distributions,
    arity=(2, 2),
    options={
        "from": Option(
            doc="what the prediction holds: probabilities, their logarithms, or logits",
            type="choice",
            default="probabilities",
            choices=("probabilities", "log_probabilities", "logits"),
        ),
    },
    worked=(
        Worked(
            inputs=([[0.25, 0.25, 0.5], [0.5, 0.5, 0.0]], [[0.5, 0.0, 0.5], [0.5, 0.5, 0.0]]),
            options={"from": "probabilities"},
            output=[math.log(2) / 2, 0.0],
            source="by hand: (ln 2 + ln 1) / 2, and equal rows",
        ),
        Worked(
            inputs=([[-math.log(4), math.log(0.75)]], [[0.5, 0.5]]),
            options={"from": "log_probabilities"},
            output=[math.log(4 / 3) / 2],
            source="by hand: (ln 2 + ln 2/3) / 2",
        ),
        Worked(
            inputs=([[0.0, math.log(3)]], [[0.5, 0.5]]),
            options={"from": "logits"},
            output=[math.log(4 / 3) / 2],
            source="by hand: the softmax of (0, ln 3) is (1/4, 3/4)",
        ),
    ),
)
