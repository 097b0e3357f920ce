r"""Gated linear unit: one half of the features gates the other.

## Forward
The last axis, of even length, is cut in the middle into $A$ and $B$, and
$Y = A \odot \sigma(B)$ has half the features. No parameters: a dense layer before it makes both.

## Backward
$\partial L/\partial A = \bar Y \odot \sigma(B)$ and
$\partial L/\partial B = \bar Y \odot A \odot \sigma'(B)$ with $\bar Y = \partial L/\partial Y$, one
after the other in the order of the halves.

## Sources
Dauphin, Fan, Auli and Grangier, *Language Modeling with Gated Convolutional Networks* (2017),
section 2.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops._logistic import logistic, logistic_slope


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    (shape,) = shapes
    if len(shape) < 2 or shape[-1] % 2:
        raise ShapeError(
            "glu needs an input of shape (n, 2k) or (n, ..., 2k), whose last axis it cuts in half, "
            f"but gets {shape}"
        )
    return Inferred(output=(*shape[:-1], shape[-1] // 2))


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    (x,) = inputs
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    return a * logistic(b), (a, b)


def backward(dy: Array, cache: Any) -> Gradients:
    a, b = cache
    halves = [dy * logistic(b), dy * a * logistic_slope(b)]
    return Gradients(inputs=(np.concatenate(halves, axis=-1),))


OP = Op(
    name="glu",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    worked=(
        Worked(
            inputs=([[4.0, -6.0, math.log(3.0), 0.0]],),
            output=[[3.0, -3.0]],
            source="by hand: 4 · 3/4 and -6 · 1/2",
        ),
    ),
)
