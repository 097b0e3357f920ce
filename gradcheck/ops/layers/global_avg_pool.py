r"""Mean of each channel over all positions.

## Forward
$Y_{n c} = \frac{1}{h w} \sum_{p q} X_{n c p q}$: an image $(n, c, h, w)$ or a sequence $(n, c, t)$
becomes $(n, c)$.

## Backward
$\partial L/\partial X_{n c p q} = \bar Y_{n c} / (h w)$ for every position, with $\bar Y =
\partial L/\partial Y$.

## Sources
Lin, Chen and Yan, *Network In Network* (2014), section 3.2.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Options, Parameters, Worked


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    (x,) = shapes
    if len(x) < 3:
        raise ShapeError(
            f"global_avg_pool needs an input of shape (n, c, h, w) or (n, c, t), but gets {x}, "
            "which has no positions to average over"
        )
    return Inferred(output=x[:2])


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    (x,) = inputs
    return x.mean(axis=tuple(range(2, x.ndim))), x.shape


def backward(dy: Array, cache: Any) -> Gradients:
    share = dy / math.prod(cache[2:])
    spread = np.broadcast_to(share.reshape(*cache[:2], *(1 for _ in cache[2:])), cache)
    return Gradients(inputs=(spread.copy(),))


OP = Op(
    name="global_avg_pool",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    worked=(
        Worked(
            inputs=([[[[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]], [[0.0, 0.0, 0.0], [0.0, 0.0, 3.0]]]],),
            output=[[4.0, 0.5]],
            source="by hand: 24/6 and 3/6",
        ),
        Worked(inputs=([[[1.0, 2.0, 6.0]]],), output=[[3.0]], source="by hand: 9/3"),
    ),
)
