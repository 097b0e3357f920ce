r"""Cross-entropy of each sample, over classes along the last axis.

## Forward
The prediction has shape $(n, k)$ or $(n, ..., k)$ and the terms lack the last axis. With
`from: logits` it holds logits $z$ and $p$ is the softmax of each row, fused with the logarithm so
that nothing overflows; with `from: probabilities` it holds $p$ itself. The terms are
$-\sum_k y_k \ln p_k$ with $0 \ln 0 = 0$.

Targets are class numbers 0 to $k - 1$, of the terms' shape, or rows $y$ of the prediction's
shape, one-hot or soft. `label_smoothing` $\varepsilon$ replaces $y_k$ by
$(1 - \varepsilon)\, y_k + \varepsilon / k$. Places whose class number is `ignore` are padding,
inside or outside of 0 to $k - 1$, and their terms are 0, smoothed or not; the `reduction`
`active_mean` divides by the number of the others, `batch_mean` and `element_mean` count them all.

## Backward
$p_k \sum_j y_j - y_k$ for a logit, which is $p_k - y_k$ for rows that sum to 1; $-y_k / p_k$ for a
probability; $0$ for padding. The softmax is part of the loss with `from: logits`, so the network
ends before it.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.108 and 4.109; Szegedy
et al., *Rethinking the Inception Architecture for Computer Vision* (2016), section 7.
"""

import math
from typing import Any

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.losses._logarithms import ratio, times_log
from gradcheck.ops.losses._shapes import classes
from gradcheck.ops.losses._softmax import log_softmax, slope
from gradcheck.ops.losses._targets import IGNORE, active, smoothed


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    yhat, y = inputs
    share, ignore = options["label_smoothing"], options["ignore"]
    weights = smoothed(y, yhat.shape, share=share, ignore=ignore)
    if options["from"] == "logits":
        losses = weights * log_softmax(yhat)
    else:
        losses = times_log(weights, yhat)
    return -losses.sum(axis=-1), (yhat, weights, options["from"])


def backward(dy: Array, cache: Any) -> Gradients:
    yhat, weights, kind = cache
    each = slope(yhat, weights) if kind == "logits" else -ratio(weights, yhat)
    return Gradients(inputs=(dy[..., None] * each, None))


OP = Op(
    name="cross_entropy",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=classes,
    active=active,
    arity=(2, 2),
    options={
        "from": Option(
            doc="what the prediction holds: logits before the softmax, or probabilities",
            type="choice",
            default="logits",
            choices=("logits", "probabilities"),
        ),
        "label_smoothing": Option(
            doc="share of each target spread evenly over the classes",
            type="number",
            default=0.0,
            minimum=0,
            below=1,
        ),
        "ignore": IGNORE,
    },
    worked=(
        Worked(
            inputs=([[0.0, math.log(3.0)], [700.0, 700.0]], [1, 0]),
            options={"from": "logits", "label_smoothing": 0.0},
            output=[math.log(4 / 3), math.log(2)],
            source="by hand: the softmax of (0, ln 3) is (1/4, 3/4)",
        ),
        Worked(
            inputs=([[0.25, 0.25, 0.5], [0.0, 0.5, 0.5]], [[0.5, 0.0, 0.5], [0.0, 0.0, 1.0]]),
            options={"from": "probabilities", "label_smoothing": 0.0},
            output=[1.5 * math.log(2), math.log(2)],
            source="by hand: (ln 4 + ln 2) / 2 and ln 2",
        ),
        Worked(
            inputs=([[0.25, 0.75]], [1]),
            options={"from": "probabilities", "label_smoothing": 0.5},
            output=[math.log(4) / 4 + 0.75 * math.log(4 / 3)],
            source="by hand: class 1 smoothed by a half is (1/4, 3/4)",
        ),
        Worked(
            inputs=([[[0.25, 0.75], [0.5, 0.5], [0.5, 0.5]]], [[1, 1, 0]]),
            options={"from": "probabilities", "label_smoothing": 0.5, "ignore": 0},
            output=[[math.log(4) / 4 + 0.75 * math.log(4 / 3), math.log(2), 0.0]],
            source="by hand: as before, then equal halves, then padding",
        ),
    ),
)
