r"""Triplet loss: an anchor should be nearer to its like than to another, by a margin.

## Forward
The prediction has shape $(n, 3, d)$: for each sample the embeddings of the anchor $a$, of a
positive $p$ (its like) and of a negative $q$, in this order, as stacking or reshaping the outputs
of one network makes it. The target $w$ of shape $(n)$ holds a weight for each triplet, usually 1.
The terms, of shape $(n)$, are $w \max(0, e)$ with
$e = \lVert a - p \rVert^2 - \lVert a - q \rVert^2 + \Delta$ and $\Delta$ = `margin`. The distances
are squared, other than in PyTorch.

## Backward
$2 w (q - p)$ for the anchor, $2 w (p - a)$ for the positive and $2 w (a - q)$ for the negative
where $e > 0$, and $0$ where the margin is met. The three sum to zero. The weights are constants.

## Kinks
At $e = 0$ for a weight other than zero; the backward pass takes $0$ there.

## Sources
Schroff, Kalenichenko and Philbin, *FaceNet: A Unified Embedding for Face Recognition and
Clustering* (2015), section 3.1.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Option, Options, Parameters, Worked


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    yhat, y = shapes
    if len(yhat) != 3 or yhat[1] != 3:
        raise ShapeError(
            "the prediction needs shape (n, 3, d), anchor, positive and negative of each sample, "
            f"but has {yhat}"
        )
    if y != yhat[:1]:
        raise ShapeError(
            f"a prediction of shape {yhat} needs a target of shape {yhat[:1]}, one weight for each "
            f"triplet (ones, if all count the same), but the target has shape {y}"
        )
    return Inferred(output=y)


def _excess(yhat: Array, margin: float) -> Array:
    """Return by how much each triplet misses its margin."""
    like, other = yhat[:, 0] - yhat[:, 1], yhat[:, 0] - yhat[:, 2]
    excess: Array = (like * like - other * other).sum(axis=-1) + margin
    return excess


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    yhat, weights = inputs
    excess = _excess(yhat, options["margin"])
    return weights * np.where(excess > 0, excess, 0), (yhat, weights * (excess > 0))


def _slopes(yhat: Array) -> Array:
    """Return half the derivative of the excess by each entry."""
    a, p, q = (yhat[:, k] for k in range(3))
    return np.stack([q - p, p - a, a - q], axis=1)


def backward(dy: Array, cache: Any) -> Gradients:
    yhat, weights = cache
    return Gradients(inputs=(2 * (dy * weights)[:, None, None] * _slopes(yhat), None))


def kinks(inputs: Inputs, options: Options) -> Array:
    """Solve excess + 2 slope x + curvature x^2 = 0 for the root x that is nearer to zero.

    The curvature is 1 for the positive, -1 for the negative and 0 for the anchor.
    """
    yhat, weights = inputs
    excess, slope = _excess(yhat, options["margin"])[:, None, None], _slopes(yhat)
    root = slope**2 - np.array([0.0, 1.0, -1.0])[:, None] * excess
    steep = np.where(slope < 0, -1, 1) * np.sqrt(np.where(root < 0, np.nan, root)) + slope
    reached = (root >= 0) & (steep != 0) & (weights != 0)[:, None, None]
    return np.where(reached, -excess / np.where(reached, steep, 1), np.inf)


OP = Op(
    name="triplet",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    arity=(2, 2),
    kinks=kinks,
    options={
        "margin": Option(
            doc="by how much the squared distances must differ",
            type="number",
            default=1.0,
            minimum=0,
        ),
    },
    worked=(
        Worked(
            inputs=(
                [
                    [[1.0, 2.0], [3.0, 2.0], [1.0, 3.0]],
                    [[1.0, 2.0], [1.0, 2.5], [4.0, 2.0]],
                    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
                ],
                [0.5, 1.0, 2.0],
            ),
            options={"margin": 0.25},
            output=[1.625, 0.0, 0.5],
            source="by hand: (4 - 1 + 0.25) / 2; 0.25 - 9 + 0.25 is negative; 2 (1 - 1 + 0.25)",
        ),
    ),
)
