r"""Difference of two inputs, as between two branches that are compared.

## Forward
$Y = X_1 - X_2$, both of one shape: nothing is broadcast.

## Backward
$\partial L/\partial X_1 = \bar Y$ and $\partial L/\partial X_2 = -\bar Y$ with
$\bar Y = \partial L/\partial Y$: the minus belongs to the second.

## Sources
Bromley, Guyon, LeCun, Säckinger and Shah, *Signature Verification Using a "Siamese" Time Delay
Neural Network* (1993), on comparing the outputs of two equal branches.
"""

from typing import Any

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.layers._equal_shapes import equal


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    return inputs[0] - inputs[1], None


def backward(dy: Array, cache: Any) -> Gradients:  # noqa: ARG001
    return Gradients(inputs=(dy.copy(), -dy))


OP = Op(
    name="subtract",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=equal,
    arity=(2, 2),
    worked=(Worked(inputs=([[1.0, 2.0]], [[10.0, -5.0]]), output=[[-9.0, 7.0]], source="by hand"),),
)
