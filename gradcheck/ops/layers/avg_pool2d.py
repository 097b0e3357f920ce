r"""Mean of each window of an image.

## Forward
$Y_{n c p q} = \frac1m \sum_{a b} X_{n, c, s p + a, s q + b}$ with $X$ of shape $(n, c, h, w)$,
surrounded by `padding` zeros, and $a, b$ in the `kernel`; the `stride` $s$ is the kernel's size
unless it is given. $m$ is the number of the kernel's elements or, for `count_include_pad: false`,
of those that are not padding. Rows left over behind the last window are not seen. `kernel`,
`stride` and `padding` are one number, or two for rows and columns.

## Backward
$\bar Y_{n c p q} / m$, with $\bar Y = \partial L/\partial Y$, is added to each element of its
window; what falls on the padding is dropped.

## Sources
LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*
(1998), section II.A, on sub-sampling; Goodfellow, Bengio and Courville, *Deep Learning* (2016),
section 9.3.
"""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.layers._pooling import OPTIONS, pooled
from gradcheck.ops.layers._windows import Windows, gathered, stretches, windows


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    (x,) = inputs
    lay = windows(x.shape[2:], options)
    counts = _counts(lay, include_pad=options["count_include_pad"])
    y = gathered(x, lay).sum(axis=2).reshape(*x.shape[:2], *lay.counts)
    return y / counts, (lay, counts)


def _counts(lay: Windows, *, include_pad: bool) -> Array:
    """Return by what the windows' sums are divided."""
    if include_pad:
        return np.full(lay.counts, float(lay.area))
    counts: Array = gathered(np.ones((1, 1, *lay.size)), lay).sum(axis=2)
    return counts.reshape(lay.counts)


def backward(dy: Array, cache: Any) -> Gradients:
    lay, counts = cache
    share = dy / counts
    dx = np.zeros((*dy.shape[:2], *lay.padded))
    for seen in stretches(lay):
        dx[seen] += share
    return Gradients(inputs=(dx[lay.inside],))


OP = Op(
    name="avg_pool2d",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=pooled,
    options={
        **OPTIONS,
        "count_include_pad": Option(
            doc="whether zeros of the padding count as elements of their window",
            type="boolean",
            default=True,
        ),
    },
    worked=(
        Worked(
            inputs=([[[[1.0, 5.0, 2.0], [4.0, 2.0, 0.0]]]],),
            options={"kernel": (2,), "stride": (1,)},
            output=[[[[3.0, 2.25]]]],
            source="by hand: 12/4 and 9/4",
        ),
        Worked(
            inputs=([[[[1.0, 5.0, 3.0]]]],),
            options={"kernel": (1, 2), "padding": (0, 1)},
            output=[[[[0.5, 4.0]]]],
            source="by hand: (0 + 1)/2 and (5 + 3)/2",
        ),
        Worked(
            inputs=([[[[1.0, 5.0, 3.0]]]],),
            options={"kernel": (1, 2), "padding": (0, 1), "count_include_pad": False},
            output=[[[[1.0, 4.0]]]],
            source="by hand: 1/1 and (5 + 3)/2",
        ),
    ),
)
