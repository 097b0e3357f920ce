r"""Largest element of each window of an image.

## Forward
$Y_{n c p q} = \max_{a b} X_{n, c, s p + a, s q + b}$ with $X$ of shape $(n, c, h, w)$ and $a, b$
in the `kernel`; the `stride` $s$ is the kernel's size unless it is given, and windows overlap
where it is smaller. Windows may hang over the edge by `padding`; what is beyond the edge never is
the largest. Rows left over behind the last window are not seen. `kernel`, `stride` and `padding`
are one number, or two for rows and columns.

## Backward
$\bar Y_{n c p q} = \partial L/\partial Y_{n c p q}$ goes to the element that was the largest,
where it adds to what other windows send; all others get 0.

## Kinks
Where two elements of a window are largest. The backward pass then takes the first, row by row, and
gives it all. With complex numbers the larger real part decides, then the larger imaginary part.

## Sources
Scherer, Müller and Behnke, *Evaluation of Pooling Operations in Convolutional Architectures for
Object Recognition* (2010), section 3; Goodfellow, Bengio and Courville, *Deep Learning* (2016),
section 9.3.
"""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters, Worked
from gradcheck.ops.layers._pooling import OPTIONS, pooled
from gradcheck.ops.layers._windows import Windows, gathered, padded, stretches, windows


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    (x,) = inputs
    lay = windows(x.shape[2:], options)
    y = gathered(x, lay, fill=-np.inf).max(axis=2)
    return y.reshape(*x.shape[:2], *lay.counts), (x, lay)


def backward(dy: Array, cache: Any) -> Gradients:
    x, lay = cache
    winner = _elements(x, lay).argmax(axis=0)
    dx = np.zeros((*x.shape[:2], *lay.padded))
    for k, seen in enumerate(stretches(lay)):
        dx[seen] += np.where(winner == k, dy, 0)
    return Gradients(inputs=(dx[lay.inside],))


def _elements(x: Array, lay: Windows) -> Array:
    """Return all windows' first elements, then all second ones, and so on: (k, n, c, p, q)."""
    bordered = padded(x, lay, fill=-np.inf)
    return np.stack([bordered[seen] for seen in stretches(lay)])


def kinks(inputs: Inputs, options: Options) -> Array:
    """Return how far each element is from winning or losing a window; infinity without a rival."""
    (x,) = inputs
    lay = windows(x.shape[2:], options)
    elements = _elements(x, lay)
    largest, rival = elements.max(axis=0), _second(elements)
    winner = elements.argmax(axis=0)
    distances = np.full((*x.shape[:2], *lay.padded), np.inf)
    for k, seen in enumerate(stretches(lay)):
        gap = largest - np.where(winner == k, rival, elements[k])
        distances[seen] = np.minimum(distances[seen], gap)
    return distances[lay.inside]


def _second(elements: Array) -> Array:
    """Return the second largest element of each window, minus infinity if there is one only."""
    if len(elements) == 1:
        return np.full(elements.shape[1:], -np.inf)
    second: Array = np.partition(elements, -2, axis=0)[-2]
    return second


OP = Op(
    name="max_pool2d",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=pooled,
    kinks=kinks,
    options=OPTIONS,
    worked=(
        Worked(
            inputs=([[[[1.0, 5.0, 2.0], [4.0, 3.0, 0.0], [9.0, 9.0, 9.0]]]],),
            options={"kernel": (2,)},
            output=[[[[5.0]]]],
            source="by hand: the last row and column are left over",
        ),
        Worked(
            inputs=([[[[1.0, 5.0, 2.0], [4.0, 3.0, 0.0], [-9.0, -8.0, -7.0]]]],),
            options={"kernel": (2,), "stride": (1,)},
            output=[[[[5.0, 5.0], [4.0, 3.0]]]],
            source="by hand",
        ),
        Worked(
            inputs=([[[[-1.0, -5.0, -2.0]]]],),
            options={"kernel": (1, 2), "padding": (0, 1)},
            output=[[[[-1.0, -2.0]]]],
            source="by hand: -1 alone at the edge, then -5 and -2",
        ),
    ),
)
