"""Shapes that a loss asks of its prediction and its target."""

from collections.abc import Sequence

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Inferred, Options


def matching(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    """Infer one term for each element; prediction and target must have the same shape."""
    yhat, y = shapes
    if yhat != y:
        raise ShapeError(
            f"the prediction has shape {yhat} but the target {y}; NumPy would broadcast them "
            "into terms that belong to no sample, so they must be equal"
        )
    return Inferred(output=yhat)


def distributions(shapes: Sequence[Shape], options: Options) -> Inferred:
    """Infer one term for each row; prediction and target are rows along the last axis."""
    _has_classes(shapes[0])
    return Inferred(output=matching(shapes, options).output[:-1])


def classes(shapes: Sequence[Shape], options: Options) -> Inferred:
    """Infer one term for each row; the target holds class numbers, or rows like the prediction."""
    yhat, y = shapes
    _has_classes(yhat)
    if y not in (yhat, yhat[:-1]):
        raise ShapeError(
            f"a prediction of shape {yhat} needs a target of shape {yhat[:-1]} (class numbers) "
            f"or {yhat} (one-hot or soft rows), but the target has shape {y}"
        )
    if y == yhat and options.get("ignore") is not None:
        raise ShapeError(
            f"ignore: {options['ignore']} is a class number, so the target needs class numbers of "
            f"shape {yhat[:-1]}, but it holds rows, of shape {y}"
        )
    return Inferred(output=yhat[:-1])


def _has_classes(yhat: Shape) -> None:
    if len(yhat) < 2:
        raise ShapeError(
            f"the prediction needs shape (n, k), a row of k classes for each sample, but has {yhat}"
        )
