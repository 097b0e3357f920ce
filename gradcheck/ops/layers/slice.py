r"""Stretch of one axis, or every so many of its entries.

## Forward
`start:stop:step` of `axis`, as Python slices: the first entry counts as 0, `stop` is not included,
negative positions count from the end, those not given mean the whole axis, and `step: -1` alone
turns it round. The samples on axis 0 can't be cut.

## Backward
$\bar Y = \partial L/\partial Y$ at the places that were taken, and $0$ elsewhere.

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
    axis = options["axis"] % max(len(shape), 1)
    if not -len(shape) < options["axis"] < len(shape) or axis == 0:
        raise ShapeError(
            f"slice needs an axis from 1 to {len(shape) - 1} of an input of shape {shape} "
            f"(axis 0 is the batch), but axis is {options['axis']}"
        )
    if options["step"] == 0:
        raise ShapeError("slice needs a step of 1 or more, or a negative one, but step is 0")
    left = len(range(shape[axis])[_stretch(options)])
    if left == 0:
        raise ShapeError(
            f"slice takes nothing: axis {axis} of an input of shape {shape} has no entry in "
            f"{_words(options)}"
        )
    return Inferred(output=(*shape[:axis], left, *shape[axis + 1 :]))


def _stretch(options: Options) -> slice:
    return slice(options["start"], options["stop"], options["step"])


def _words(options: Options) -> str:
    """Write the stretch as in Python."""
    limits = (options[name] for name in ("start", "stop", "step"))
    return ":".join("" if limit is None else str(limit) for limit in limits)


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    (x,) = inputs
    place = (*[slice(None)] * (options["axis"] % x.ndim), _stretch(options))
    return x[place], (x.shape, place)


def backward(dy: Array, cache: Any) -> Gradients:
    shape, place = cache
    gradient = np.zeros(shape)
    gradient[place] = dy
    return Gradients(inputs=(gradient,))


OP = Op(
    name="slice",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    options={
        "axis": Option(doc="axis to cut, not the batch's 0", type="integer", default=1),
        "start": Option(doc="first entry", type="integer"),
        "stop": Option(doc="entry before which to stop", type="integer"),
        "step": Option(
            doc="distance of the entries, negative: backwards", type="integer", default=1
        ),
    },
    worked=(
        Worked(
            inputs=([[1.0, 2.0, 3.0, 4.0, 5.0]],),
            options={"start": 1, "stop": -1, "step": 2},
            output=[[2.0, 4.0]],
            source="definition",
        ),
        Worked(
            inputs=([[[1.0, 2.0], [3.0, 4.0]]],),
            options={"step": -1},
            output=[[[3.0, 4.0], [1.0, 2.0]]],
            source="definition",
        ),
    ),
)
