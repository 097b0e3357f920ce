r"""Logarithm of the hyperbolic cosine of each residual.

## Forward
With $r = \hat y - y$, the terms are $\ln \cosh r$: about $r^2/2$ near the target and
$|r| - \ln 2$ far from it. They are computed as $\ln(1 + 2 \sinh^2(r/2))$ for $|r| < 1$, as
otherwise the digits of a small residual cancel, and as $|r| + \ln(1 + e^{-2|r|}) - \ln 2$
beyond, as otherwise the exponential of a large one overflows.

## Backward
$\tanh r$ for each term.

## Sources
Saleh and Saleh, *Statistical Properties of the log-cosh Loss Function Used in Machine
Learning* (2022).
"""

import math
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.losses._logarithms import log1p
from gradcheck.ops.losses._shapes import matching


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    residual = inputs[0] - inputs[1]
    size = np.where(residual < 0, -residual, residual)
    near = log1p(2 * np.sinh(np.where(size < 1, size, 0) / 2) ** 2)
    far = size + log1p(np.exp(-2 * size)) - math.log(2)
    return np.where(size < 1, near, far), residual


def backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(dy * np.tanh(cache), None))


OP = Op(
    name="log_cosh",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=matching,
    arity=(2, 2),
    worked=(
        Worked(
            inputs=([[math.log(2.0), -math.log(3.0), 5.0]], [[0.0, 0.0, 5.0]]),
            output=[[math.log(5 / 4), math.log(5 / 3), 0.0]],
            source="by hand: (2 + 1/2) / 2, (3 + 1/3) / 2 and cosh 0",
        ),
    ),
)
