"""Targets of the losses over classes, and what their values must be."""

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Inputs, Option, Options

IGNORE = Option(
    doc="class number that marks padding, whose terms are 0; without it no place is padding",
    type="integer",
)


def rows(y: Array, prediction: Shape) -> Array:
    """Return the target as one weight for each class; class numbers become one-hot rows."""
    if y.ndim == len(prediction):
        return y
    classes = prediction[-1]
    _check_classes(y, classes)
    return np.where(y[..., None] == np.arange(classes), 1.0, 0.0)


def smoothed(y: Array, prediction: Shape, *, share: float = 0.0, ignore: int | None) -> Array:
    """Return the target's rows with a share of each spread evenly over the classes.

    A place whose class number is `ignore` marks padding: its row is zero, smoothing or not.
    """
    if ignore is None:
        return (1 - share) * rows(y, prediction) + share / prediction[-1]
    padding = y == ignore
    weights = smoothed(np.where(padding, 0, y), prediction, share=share, ignore=None)
    return np.where(padding[..., None], 0, weights)


def active(inputs: Inputs, options: Options) -> Array:
    """Tell which places are no padding; where none can be, all are."""
    yhat, y = inputs
    if options["ignore"] is None:
        return np.ones(yhat.shape[:-1], dtype=bool)
    return np.asarray(y != options["ignore"])


def one_hot(y: Array, prediction: Shape) -> Array:
    """Return the target as one-hot rows, and refuse soft ones."""
    weights = rows(y, prediction)
    odd = np.any((weights != 0) & (weights != 1), axis=-1) | (weights.sum(axis=-1) != 1)
    if odd.any():
        raise ShapeError(
            "the target needs one-hot rows (a single 1, else 0) or class numbers, "
            f"but has the row {weights[odd][0].tolist()}"
        )
    return weights


def check_signs(y: Array) -> None:
    """Raise ShapeError unless the target holds -1 and +1 only."""
    odd = np.abs(y) != 1
    if odd.any():
        raise ShapeError(
            f"the target needs labels -1 and +1, but holds {y[odd][0]}; "
            "labels 0 and 1 become those by 2 * y - 1"
        )


def _check_classes(y: Array, classes: int) -> None:
    odd = y != np.floor(y)
    if odd.any():
        raise ShapeError(
            f"the target holds {y[odd][0]} where a class number is expected "
            f"(a whole number from 0 to {classes - 1})"
        )
    odd = (y < 0) | (y >= classes)
    if odd.any():
        raise ShapeError(
            f"class {int(y[odd][0])} in the target, but the prediction has {classes} classes "
            f"(0 to {classes - 1})"
        )
