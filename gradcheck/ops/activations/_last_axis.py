"""Shapes of the activations that work along the last axis."""

from collections.abc import Sequence

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Inferred, Options


def along_features(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    """Infer the output of an activation that may not mistake the batch for the last axis."""
    (shape,) = shapes
    if len(shape) < 2:
        raise ShapeError(
            f"an activation along the last axis needs an input of shape (n, k), but gets {shape}, "
            "whose last axis is the batch"
        )
    return Inferred(output=shape)
