r"""Categorical hinge loss of each sample: the right class against the best of the wrong ones.

## Forward
The prediction $s$ holds scores of shape $(n, k)$ or $(n, ..., k)$, the target class numbers $c$ of
the terms' shape or one-hot rows of the scores' shape. The terms are
$\max(0, \max_{j \ne c} s_j - s_c + \Delta)$ with $\Delta$ = `margin`; they lack the last axis.

## Backward
Where the term is positive, $1$ for the best of the wrong classes and $-1$ for the right class $c$;
$0$ elsewhere.

## Kinks
Where the term becomes zero, and where two wrong classes tie for the best; the backward pass takes
the first of them.

## Sources
Crammer and Singer, *On the Algorithmic Implementation of Multiclass Kernel-based Vector
Machines* (2001), section 3.
"""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.losses._shapes import classes
from gradcheck.ops.losses._targets import one_hot


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    right = one_hot(inputs[1], inputs[0].shape)
    wrong = np.where(right == 1, -np.inf, inputs[0])
    excess = wrong.max(axis=-1) - (right * inputs[0]).sum(axis=-1) + options["margin"]
    best = np.arange(right.shape[-1]) == wrong.argmax(axis=-1)[..., None]
    return np.where(excess > 0, excess, 0), (excess > 0, best, right)


def backward(dy: Array, cache: Any) -> Gradients:
    missed, best, right = cache
    # A float first: unsigned targets would wrap round below zero.
    return Gradients(inputs=((dy * missed)[..., None] * (1.0 * best - right), None))


def kinks(inputs: Inputs, options: Options) -> Array:
    """Return how far each score is from where it begins or ceases to count.

    That is, for a wrong class, the best of the other wrong ones or the right one less the margin.
    """
    scores, right = inputs[0], one_hot(inputs[1], inputs[0].shape)
    wrong = np.where(right == 1, -np.inf, scores)
    first = wrong.max(axis=-1, keepdims=True)
    best = np.arange(right.shape[-1]) == wrong.argmax(axis=-1)[..., None]
    second = np.where(best, -np.inf, wrong).max(axis=-1, keepdims=True)
    met = (right * scores).sum(axis=-1, keepdims=True) - options["margin"]
    rivals = np.where(best, second, first)
    distances: Array = np.where(right == 1, first - met, scores - np.maximum(rivals, met))
    return distances


OP = Op(
    name="categorical_hinge",
    kind="loss",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=classes,
    arity=(2, 2),
    kinks=kinks,
    options={
        "margin": Option(
            doc="lead that the right class must have over the best other",
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
            source="by hand: 5 - 3.25 + 1, and a lead of 3",
        ),
        Worked(
            inputs=([[-2.0, -1.0, -4.0]], [[0.0, 1.0, 0.0]]),
            options={"margin": 2.0},
            output=[1.0],
            source="by hand: -2 + 1 + 2",
        ),
    ),
)
