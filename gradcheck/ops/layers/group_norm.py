r"""Normalisation of groups of each sample's channels.

## Forward
The channels, axis 1, are divided into `groups` equal groups of neighbours. $\hat x = (x - \mu) /
\sqrt{\sigma^2 + \epsilon}$ with the mean $\mu$ and the (biased) variance $\sigma^2$ of one group
of one sample, over its channels and all positions; then $y = w \hat x + b$. `weight` $w$ and
`bias` $b$ have one number for each channel, not for each group; for `affine: false` there are
none.

## Backward
With $\bar y = \partial L/\partial y$ and $\bar{\hat x} = w \bar y$, $\partial L/\partial x =
(\bar{\hat x} - \frac1m \sum \bar{\hat x} - \hat x \cdot \frac1m \sum \bar{\hat x} \hat x) /
\sqrt{\sigma^2 + \epsilon}$, with the sums over the $m$ elements of one group of one sample.
$\partial L/\partial w = \sum \bar y \hat x$ and $\partial L/\partial b = \sum \bar y$ sum over the
samples and positions of one channel.

## Sources
Wu and He, *Group Normalization* (2018), section 3.
"""

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Option, Options, Worked
from gradcheck.ops.layers._normalisation import (
    AFFINE,
    Frame,
    by_channels,
    epsilon,
    expect_channels,
    normalisation,
)


def frame(shape: Shape, options: Options) -> Frame:
    groups = options["groups"]
    expect_channels("group_norm", shape, 0)
    if shape[1] % groups:
        raise ShapeError(f"group_norm can't divide {shape[1]} channels into {groups} equal groups")
    return by_channels(shape, groups)


OP = normalisation(
    name="group_norm",
    doc=__doc__,
    frame=frame,
    options={
        "groups": Option(
            doc="number of groups of channels", type="integer", required=True, minimum=1
        ),
        "eps": epsilon(1e-5),
        "affine": AFFINE,
    },
    worked=(
        Worked(
            inputs=([[1.0, 5.0, 7.0, 7.0]],),
            parameters={"weight": [10.0, 7.0, 3.0, 3.0], "bias": [0.5, 2.0, 0.0, 4.0]},
            options={"groups": 2, "eps": 5.0},
            output=[[0.5 - 20 / 3, 2.0 + 14 / 3, 0.0, 4.0]],
            source="by hand: mean 3 and variance 4, so ∓2/√(4 + 5); the second group is constant",
        ),
    ),
)
