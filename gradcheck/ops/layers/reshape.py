r"""Each sample's numbers in another shape, in the same order.

## Forward
An input of shape $(n, \dots)$ becomes $(n, \dots)$ with the axes of `shape` after the batch, the
last axis running fastest in both; one of them may be -1 and is then whatever is left over.

## Backward
$\partial L/\partial X$ is $\bar Y = \partial L/\partial Y$ in the shape of $X$, in the same order.

## Sources
Harris et al., *Array programming with NumPy* (2020).
"""

import math
from collections.abc import Sequence
from typing import Any

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Option, Options, Parameters, Worked


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    n, *sample = shapes[0]
    wanted, size = list(options["shape"]), math.prod(sample)
    free = [k for k, length in enumerate(wanted) if length == -1]
    known = math.prod(length for length in wanted if length != -1)
    if len(free) == 1 and known > 0 and size % known == 0:
        wanted[free[0]] = size // known
    if min(wanted, default=1) < 0 or math.prod(wanted) != size:
        raise ShapeError(
            f"reshape can't give a sample of shape {tuple(sample)}, {size} numbers, the shape "
            f"{tuple(options['shape'])}; the product must be the same, and at most one axis may "
            "be left open with -1"
        )
    return Inferred(output=(n, *wanted))


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    (x,) = inputs
    return x.reshape(infer([x.shape], options).output), x.shape


def backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(dy.reshape(cache),))


OP = Op(
    name="reshape",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    options={
        "shape": Option(
            doc="one sample's new shape, without the batch; -1 stands for the rest",
            type="integers",
            required=True,
        ),
    },
    worked=(
        Worked(
            inputs=([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]],),
            options={"shape": (3, -1)},
            output=[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]],
            source="definition",
        ),
    ),
)
