r"""Two or more inputs joined along one axis, as in skip connections that keep both branches.

## Forward
The inputs one after the other along `axis`; all other axes must agree. The samples on axis 0
can't be joined.

## Backward
$\bar Y = \partial L/\partial Y$ cut up along the same axis, each input getting its own stretch.

## Sources
Huang, Liu, van der Maaten and Weinberger, *Densely Connected Convolutional Networks* (2017),
section 3.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Option, Options, Parameters, Worked


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    if len(shapes) < 2:
        raise ShapeError(f"concat needs two or more inputs, but gets {len(shapes)}")
    first, axis = shapes[0], _axis(shapes[0], options["axis"])
    for position, shape in enumerate(shapes):
        if len(shape) != len(first) or _without(shape, axis) != _without(first, axis):
            raise ShapeError(
                f"concat joins axis {axis} and needs all others to agree, but input 0 has shape "
                f"{first} and input {position} {shape}"
            )
    joined = sum(shape[axis] for shape in shapes)
    return Inferred(output=(*first[:axis], joined, *first[axis + 1 :]))


def _axis(shape: Shape, axis: int) -> int:
    """Return the axis counted from the front, which must be one of the features'."""
    positive = axis if axis >= 0 else axis + len(shape)
    if not 0 < positive < len(shape):
        raise ShapeError(
            f"concat needs an axis after the batch axis 0, but axis {axis} of shape {shape} "
            + ("is the batch" if positive == 0 else "does not exist")
        )
    return positive


def _without(shape: Shape, axis: int) -> Shape:
    return shape[:axis] + shape[axis + 1 :]


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    axis = options["axis"]
    ends = list(accumulate(x.shape[axis] for x in inputs))
    return np.concatenate(inputs, axis=axis), (ends[:-1], axis)


def backward(dy: Array, cache: Any) -> Gradients:
    ends, axis = cache
    return Gradients(inputs=tuple(np.split(dy, ends, axis=axis)))


OP = Op(
    name="concat",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    arity=(2, None),
    options={
        "axis": Option(
            doc="axis along which to join, not the batch's 0", type="integer", default=-1
        ),
    },
    worked=(
        Worked(
            inputs=([[1.0, 2.0], [3.0, 4.0]], [[5.0], [6.0]]),
            options={"axis": -1},
            output=[[1.0, 2.0, 5.0], [3.0, 4.0, 6.0]],
            source="definition",
        ),
        Worked(
            inputs=([[[1.0], [2.0]]], [[[3.0]]]),
            options={"axis": 1},
            output=[[[1.0], [2.0], [3.0]]],
            source="definition",
        ),
    ),
)
