r"""Cosine distance of each pair of vectors, as two embeddings are drawn together.

## Forward
Prediction $\hat y$ and target $y$ have the same shape, $(n, d)$ or $(n, \dots, d)$, with vectors
along the last axis. The terms $1 - \hat y \cdot y / (\lVert \hat y \rVert \lVert y \rVert)$, from
0 (same direction) to 2 (opposite), lack the last axis. A vector of zeros has no direction: its
term is not a number.

## Backward
$(\cos \hat u - u) / \lVert \hat y \rVert$ with $\hat u$ and $u$ the vectors scaled to length 1 and
$\cos = \hat u \cdot u$. It is at right angles to $\hat y$, whose length does not matter. The target
is a constant.

## Sources
Nguyen and Bai, *Cosine Similarity Metric Learning for Face Verification* (2010), section 3.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.losses._shapes import matching


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    pairs = matching(shapes, options).output
    if len(pairs) < 2:
        raise ShapeError(
            f"the prediction needs shape (n, d), a vector for each sample, but has {pairs}"
        )
    return Inferred(output=pairs[:-1])


def _lengths(x: Array) -> Array:
    lengths: Array = np.sqrt((x * x).sum(axis=-1, keepdims=True))
    return lengths


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    yhat, y = inputs[0], 1.0 * inputs[1]
    length, other = _lengths(yhat), _lengths(y)
    nowhere = (length == 0) | (other == 0)
    mine = yhat / np.where(nowhere, 1, length)
    wanted = y / np.where(nowhere, 1, other)
    cosine = np.where(nowhere, np.nan, (mine * wanted).sum(axis=-1, keepdims=True))
    return 1 - cosine[..., 0], (mine, wanted, cosine, np.where(nowhere, np.nan, length))


def backward(dy: Array, cache: Any) -> Gradients:
    mine, wanted, cosine, length = cache
    return Gradients(inputs=(dy[..., None] * (cosine * mine - wanted) / length, None))


OP = Op(
    name="cosine_similarity",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    arity=(2, 2),
    worked=(
        Worked(
            inputs=(
                [[3.0, 4.0], [0.5, 0.0], [1.0, -2.0]],
                [[4.0, 3.0], [0.0, -7.0], [-2.0, 4.0]],
            ),
            output=[0.04, 1.0, 2.0],
            source="by hand: 1 - 24/25, a right angle and opposite directions",
        ),
    ),
)
