r"""Multiclass hinge loss of each sample, summed over the wrong classes.

## Forward
The prediction $s$ holds scores of shape $(n, k)$ or $(n, ..., k)$, the target class numbers $c$ of
the terms' shape or one-hot rows of the scores' shape. The terms are
$\sum_{j \ne c} \max(0, s_j - s_c + \Delta)$ with $\Delta$ = `margin`; they lack the last axis.

## Backward
$1$ for each wrong class $j$ with $s_j - s_c + \Delta > 0$, minus the number of those for the right
class $c$, and $0$ elsewhere.

## Kinks
At $s_j - s_c + \Delta = 0$; the backward pass takes $0$ there for the class $j$ in question, and
does not count it for $c$.

## Sources
Weston and Watkins, *Support Vector Machines for Multi-Class Pattern Recognition* (1999), with
a margin of 2; Stanford CS231n, *Linear Classification* (course notes), with a margin of 1.
"""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.losses._shapes import classes
from gradcheck.ops.losses._targets import one_hot


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    right = one_hot(inputs[1], inputs[0].shape)
    excess = _excess(inputs[0], right, options["margin"])
    violated = (right == 0) & (excess > 0)
    return np.where(violated, excess, 0).sum(axis=-1), (violated, right)


def backward(dy: Array, cache: Any) -> Gradients:
    violated, right = cache
    count = violated.sum(axis=-1, keepdims=True)
    return Gradients(inputs=(dy[..., None] * (violated - right * count), None))


def kinks(inputs: Inputs, options: Options) -> Array:
    right = one_hot(inputs[1], inputs[0].shape)
    distances = np.abs(_excess(inputs[0], right, options["margin"]))
    nearest = np.where(right == 0, distances, np.inf).min(axis=-1, keepdims=True)
    return np.where(right == 0, distances, nearest)


def _excess(scores: Array, right: Array, margin: float) -> Array:
    """Return by how much each class comes too close to the right one, itself included."""
    score: Array = (right * scores).sum(axis=-1, keepdims=True)
    return scores - score + margin


OP = Op(
    name="multiclass_hinge",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=classes,
    arity=(2, 2),
    kinks=kinks,
    options={
        "margin": Option(
            doc="lead that the right class must have over each other",
            type="number",
            default=1.0,
            minimum=0,
        ),
    },
    worked=(
        Worked(
            inputs=([[3.25, 5.0, -1.75], [1.5, 5.0, 2.0]], [0, 1]),
            options={"margin": 1.0},
            output=[2.75, 0.0],
            source="by hand: 5 - 3.25 + 1 for class 1 and none for class 2; all margins met",
        ),
        Worked(
            inputs=([[2.0, 1.0, 4.0]], [[0.0, 1.0, 0.0]]),
            options={"margin": 2.0},
            output=[8.0],
            source="by hand: (2 - 1 + 2) + (4 - 1 + 2)",
        ),
    ),
)
