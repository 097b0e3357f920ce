r"""Batch normalisation, with the statistics of the batch.

## Forward
$\hat x = (x - \mu) / \sqrt{\sigma^2 + \epsilon}$, then $y = w \hat x + b$. The mean $\mu$ and the
variance $\sigma^2$ are those of each feature, which is axis 1, over the samples and all axes after
the features: over $n$ for an input $(n, c)$, over $n$, $h$ and $w$ for images $(n, c, h, w)$. The
variance is the biased one, which divides by the number $m$ of elements. `weight` $w$ and `bias`
$b$ have shape $(c)$; for `affine: false` there are none.

## Backward
With $\bar y = \partial L/\partial y$ and $\bar{\hat x} = w \bar y$, $\partial L/\partial x =
(\bar{\hat x} - \frac1m \sum \bar{\hat x} - \hat x \cdot \frac1m \sum \bar{\hat x} \hat x) /
\sqrt{\sigma^2 + \epsilon}$, with the sums over the same $m$ elements: $\mu$ and $\sigma^2$ depend
on $x$ too. It sums to zero over each feature. $\partial L/\partial w = \sum \bar y \hat x$ and
$\partial L/\partial b = \sum \bar y$.

## Sources
Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal
Covariate Shift* (2015), section 3.
"""

import math

from gradcheck.array import Shape
from gradcheck.op import Options, Worked
from gradcheck.ops.layers._normalisation import (
    AFFINE,
    Frame,
    epsilon,
    expect_channels,
    normalisation,
)


def frame(shape: Shape, options: Options) -> Frame:  # noqa: ARG001
    expect_channels("batch_norm", shape, 0)
    return Frame(view=shape, over=(0, *range(2, len(shape))), features=(1, 2))


OP = normalisation(
    name="batch_norm",
    doc=__doc__,
    frame=frame,
    samplewise=False,
    options={"eps": epsilon(1e-5), "affine": AFFINE},
    worked=(
        Worked(
            inputs=([[1.0, 3.0], [5.0, 3.0]],),
            parameters={"weight": [10.0, 7.0], "bias": [0.5, 2.0]},
            options={"eps": 5.0},
            output=[[0.5 - 20 / 3, 2.0], [0.5 + 20 / 3, 2.0]],
            source="by hand: mean 3 and variance 4, so -2/√(4 + 5); the other feature is constant",
        ),
        Worked(
            inputs=([[[1.0, 2.0]], [[3.0, 6.0]]],),
            options={"eps": 0.0, "affine": False},
            output=[[[-2 / math.sqrt(3.5), -1 / math.sqrt(3.5)]], [[0.0, 3 / math.sqrt(3.5)]]],
            source="by hand: mean 3 and variance (4 + 1 + 0 + 9)/4 of one channel",
        ),
    ),
)
