r"""Squared error of each element.

## Forward
The terms are $c\,(\hat y - y)^2$ with $c$ the `factor`, 1 or ½ (any positive number); the
prediction $\hat y$ and the target $y$ have the same shape. How the terms are added up is the
loss's `reduction`.

## Backward
$2 c\,(\hat y - y)$ for each term. The order matters: $y - \hat y$ has the other sign.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 1.2 (with ½ and the sum).
"""

from typing import Any

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.losses._shapes import matching


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    yhat, y = inputs
    return options["factor"] * (yhat - y) ** 2, (yhat, y, options["factor"])


def backward(dy: Array, cache: Any) -> Gradients:
    yhat, y, factor = cache
    return Gradients(inputs=(dy * 2 * factor * (yhat - y), None))


OP = Op(
    name="squared_error",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=matching,
    arity=(2, 2),
    options={
        "factor": Option(doc="factor of each square", type="number", default=1.0, above=0),
    },
    worked=(
        Worked(
            inputs=([[3.0, -1.0]], [[1.0, 2.0]]),
            options={"factor": 0.5},
            output=[[2.0, 4.5]],
            source="by hand: 2²/2 and 3²/2",
        ),
    ),
)
