"""Shapes of the layers that combine two or more inputs element by element."""

from collections.abc import Sequence

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Inferred, Options


def equal(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    """Infer an output of the shape that all inputs must have."""
    if len(shapes) < 2:
        raise ShapeError(f"two or more inputs are needed, but there is {len(shapes)}")
    for position, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ShapeError(
                f"all inputs must have the same shape, but input 0 has {shapes[0]} and input "
                f"{position} {shape}; they are not broadcast, so reshape or project one of them"
            )
    return Inferred(output=shapes[0])
