r"""Each sample's axes in another order.

## Forward
Axis $k$ of the output is axis `axes[k - 1]` of the input; the axes of a sample are numbered from
1, as the batch is axis 0 and stays where it is. So `axes: [2, 1]` turns $(n, a, b)$ into
$(n, b, a)$.

## Backward
$\bar Y = \partial L/\partial Y$ with its axes put back: in the order of the inverse permutation,
which is another one than `axes` from three axes on.

## Sources
Harris et al., *Array programming with NumPy* (2020).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Option, Options, Parameters, Worked


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    (shape,) = shapes
    axes = options["axes"]
    if sorted(axes) != list(range(1, len(shape))):
        raise ShapeError(
            f"transpose needs each of the axes 1 to {len(shape) - 1} of an input of shape {shape} "
            f"once (axis 0 is the batch and stays), but axes are {list(axes)}"
        )
    return Inferred(output=(shape[0], *(shape[axis] for axis in axes)))


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    order = (0, *options["axes"])
    return inputs[0].transpose(order), order


def backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(dy.transpose(np.argsort(cache)),))


OP = Op(
    name="transpose",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    options={
        "axes": Option(
            doc="the sample's axes, from 1, in their new order", type="integers", required=True
        ),
    },
    worked=(
        Worked(
            inputs=([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]],),
            options={"axes": (2, 1)},
            output=[[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]],
            source="definition",
        ),
        Worked(
            inputs=([[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]],),
            options={"axes": (3, 1, 2)},
            output=[[[[1.0, 3.0, 5.0]], [[2.0, 4.0, 6.0]]]],
            source="definition: shape (1, 3, 2) becomes (2, 1, 3)",
        ),
    ),
)
