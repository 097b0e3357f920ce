r"""Binary cross-entropy of each element.

## Forward
With `from: probabilities` the prediction is a probability $p$ and the terms are
$-y \ln p - (1 - y) \ln(1 - p)$, where $0 \ln 0 = 0$. With `from: logits` it is a logit $z$ with
$p = \sigma(z)$, and the same terms are $\ln(1 + e^z) - y z$, computed as
$z\,([z > 0] - y) + \ln(1 + e^{-|z|})$, which never overflows. The target $y$ has the shape of the
prediction; it is 0, 1 or a probability.

A probability of exactly 0 or 1 that the target contradicts costs an infinite loss; outside
$[0, 1]$ there is none.

## Backward
$(1 - y)/(1 - p) - y/p$ for a probability, $\sigma(z) - y$ for a logit. The second is the first
times $\sigma'(z) = p (1 - p)$: where the sigmoid is part of the loss, that factor is in already.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.90 and 4.91.
"""

import math
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.losses._logarithms import log1p, ratio, times_log
from gradcheck.ops.losses._shapes import matching


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    terms = _of_logits if options["from"] == "logits" else _of_probabilities
    return terms(*inputs), (*inputs, options["from"])


def _of_probabilities(p: Array, y: Array) -> Array:
    return -(times_log(y, p) + times_log(1 - y, 1 - p))


def _of_logits(z: Array, y: Array) -> Array:
    positive = z > 0
    linear: Array = z * (np.where(positive, 1, 0) - y)
    return linear + log1p(np.exp(np.where(positive, -z, z)))


def backward(dy: Array, cache: Any) -> Gradients:
    yhat, y, kind = cache
    slope = _logit_slope(yhat, y) if kind == "logits" else ratio(1 - y, 1 - yhat) - ratio(y, yhat)
    return Gradients(inputs=(dy * slope, None))


def _logit_slope(z: Array, y: Array) -> Array:
    """Return sigmoid(z) - y, with the digits that a sigmoid close to 1 would lose."""
    e = np.exp(-np.abs(z))
    tail: Array = e / (1 + e)
    slope: Array = np.where(z > 0, 1 - y - tail, tail - y)
    return slope


OP = Op(
    name="binary_cross_entropy",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=matching,
    arity=(2, 2),
    options={
        "from": Option(
            doc="what the prediction holds: probabilities, or logits before the sigmoid",
            type="choice",
            default="probabilities",
            choices=("probabilities", "logits"),
        ),
    },
    worked=(
        Worked(
            inputs=([[0.25, 0.25, 0.5, 1.0]], [[1.0, 0.0, 0.5, 1.0]]),
            options={"from": "probabilities"},
            output=[[math.log(4), math.log(4 / 3), math.log(2), 0.0]],
            source="by hand: -ln 1/4, -ln 3/4, -ln(1/2) and -ln 1",
        ),
        Worked(
            inputs=([[math.log(3), math.log(3), 0.0]], [[1.0, 0.0, 0.5]]),
            options={"from": "logits"},
            output=[[math.log(4 / 3), math.log(4), math.log(2)]],
            source="by hand: the sigmoid of ln 3 is 3/4",
        ),
    ),
)
