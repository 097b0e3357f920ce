r"""Poisson negative log-likelihood of each count, less its constant.

## Forward
The target $y$ is a count, of the prediction's shape. With `from: log_rate` the prediction is
$z = \ln \lambda$ and the terms are $e^z - y z$; with `from: rate` it is $\lambda > 0$ itself and
they are $\lambda - y \ln \lambda$. The term $\ln y!$, which Stirling's formula would approximate,
does not depend on the prediction and is left out, so the terms may be negative.

## Backward
$e^z - y$ for a log-rate, $1 - y / \lambda$ for a rate.

## Sources
McCullagh and Nelder, *Generalized Linear Models* (2nd ed., 1989), section 6.2.
"""

import math
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.losses._logarithms import ratio, times_log
from gradcheck.ops.losses._shapes import matching


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    yhat, y = inputs
    cache = (yhat, y, options["from"])
    if options["from"] == "log_rate":
        return np.exp(yhat) - y * yhat, cache
    return yhat - times_log(y, yhat), cache


def backward(dy: Array, cache: Any) -> Gradients:
    yhat, y, kind = cache
    slope = np.exp(yhat) - y if kind == "log_rate" else 1 - ratio(y, yhat)
    return Gradients(inputs=(dy * slope, None))


OP = Op(
    name="poisson",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=matching,
    arity=(2, 2),
    options={
        "from": Option(
            doc="what the prediction holds: the logarithm of the rate, or the rate",
            type="choice",
            default="log_rate",
            choices=("log_rate", "rate"),
        ),
    },
    worked=(
        Worked(
            inputs=([[0.0, math.log(3.0)]], [[5.0, 2.0]]),
            options={"from": "log_rate"},
            output=[[1.0, 3.0 - 2.0 * math.log(3.0)]],
            source="by hand: 1 - 5·0 and 3 - 2 ln 3",
        ),
        Worked(
            inputs=([[3.0, 0.5]], [[2.0, 0.0]]),
            options={"from": "rate"},
            output=[[3.0 - 2.0 * math.log(3.0), 0.5]],
            source="by hand: 3 - 2 ln 3 and 0.5 - 0",
        ),
    ),
)
