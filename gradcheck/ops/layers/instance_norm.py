r"""Normalisation of each channel of each sample.

## Forward
$\hat x = (x - \mu) / \sqrt{\sigma^2 + \epsilon}$ with the mean $\mu$ and the (biased) variance
$\sigma^2$ of one channel of one sample over its positions: $h$ and $w$ of images $(n, c, h, w)$,
$t$ of sequences $(n, c, t)$. Only for `affine: true` is there, in the end, $y = w \hat x + b$,
with `weight` $w$ and `bias` $b$ of shape $(c)$.

## Backward
With $\bar y = \partial L/\partial y$ and $\bar{\hat x} = w \bar y$ (or $\bar y$ itself), $\partial
L/\partial x = (\bar{\hat x} - \frac1m \sum \bar{\hat x} - \hat x \cdot \frac1m \sum \bar{\hat x}
\hat x) / \sqrt{\sigma^2 + \epsilon}$, with the sums over the $m$ positions of one channel of one
sample. $\partial L/\partial w = \sum \bar y \hat x$ and $\partial L/\partial b = \sum \bar y$ sum
over samples too.

## Sources
Ulyanov, Vedaldi and Lempitsky, *Instance Normalization: The Missing Ingredient for Fast
Stylization* (2016), section 2.
"""

from dataclasses import replace

from gradcheck.array import Shape
from gradcheck.op import Options, Worked
from gradcheck.ops.layers._normalisation import (
    AFFINE,
    Frame,
    by_channels,
    epsilon,
    expect_channels,
    normalisation,
)


def frame(shape: Shape, options: Options) -> Frame:  # noqa: ARG001
    expect_channels("instance_norm", shape, 1)
    return by_channels(shape, shape[1])


OP = normalisation(
    name="instance_norm",
    doc=__doc__,
    frame=frame,
    options={"eps": epsilon(1e-5), "affine": replace(AFFINE, default=False)},
    worked=(
        Worked(
            inputs=([[[1.0, 5.0], [7.0, 7.0]]],),
            options={"eps": 5.0},
            output=[[[-2 / 3, 2 / 3], [0.0, 0.0]]],
            source="by hand: mean 3 and variance 4, so ∓2/√(4 + 5); the second is constant",
        ),
        Worked(
            inputs=([[[1.0, 5.0], [7.0, 7.0]]],),
            parameters={"weight": [3.0, 9.0], "bias": [0.5, -1.0]},
            options={"eps": 5.0, "affine": True},
            output=[[[-1.5, 2.5], [-1.0, -1.0]]],
            source="by hand: the same, tripled and shifted by ½, and -1",
        ),
    ),
)
