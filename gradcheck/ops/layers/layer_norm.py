r"""Layer normalisation of each sample's features.

## Forward
$\hat x = (x - \mu) / \sqrt{\sigma^2 + \epsilon}$, then $y = w \hat x + b$. The mean $\mu$ and the
(biased) variance $\sigma^2$ are taken over the last axis, or over the last `axes` axes, for each
sample and each position by itself. `weight` $w$ and `bias` $b$ have the shape of those axes; for
`affine: false` there are none.

## Backward
With $\bar y = \partial L/\partial y$ and $\bar{\hat x} = w \bar y$, $\partial L/\partial x =
(\bar{\hat x} - \frac1m \sum \bar{\hat x} - \hat x \cdot \frac1m \sum \bar{\hat x} \hat x) /
\sqrt{\sigma^2 + \epsilon}$, with the sums over the $m$ features of one row; $w$ belongs inside
them. $\partial L/\partial w = \sum \bar y \hat x$ and $\partial L/\partial b = \sum \bar y$ sum
over all rows.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3.
"""

import math

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Option, Options, Worked
from gradcheck.ops.layers._normalisation import AFFINE, Frame, epsilon, normalisation


def frame(shape: Shape, options: Options) -> Frame:
    ndim, axes = len(shape), options["axes"]
    if axes >= ndim:
        raise ShapeError(
            f"layer_norm over the last {axes} axes needs an input with {axes + 1} or more, "
            f"the batch among them, but gets {shape}"
        )
    first = ndim - axes
    return Frame(view=shape, over=tuple(range(first, ndim)), features=(first, ndim))


OP = normalisation(
    name="layer_norm",
    doc=__doc__,
    frame=frame,
    options={
        "axes": Option(
            doc="how many axes, counted from the last, are normalised together",
            type="integer",
            default=1,
            minimum=1,
        ),
        "eps": epsilon(1e-5),
        "affine": AFFINE,
    },
    worked=(
        Worked(
            inputs=([[1.0, 5.0], [3.0, 3.0]],),
            parameters={"weight": [10.0, 7.0], "bias": [0.5, 2.0]},
            options={"eps": 5.0},
            output=[[0.5 - 20 / 3, 2.0 + 14 / 3], [0.5, 2.0]],
            source="by hand: mean 3 and variance 4, so ∓2/√(4 + 5); the other row is constant",
        ),
        Worked(
            inputs=([[[1.0, 2.0], [3.0, 6.0]]],),
            options={"axes": 2, "eps": 0.0, "affine": False},
            output=[[[-2 / math.sqrt(3.5), -1 / math.sqrt(3.5)], [0.0, 3 / math.sqrt(3.5)]]],
            source="by hand: mean 3 and variance (4 + 1 + 0 + 9)/4 of all four",
        ),
    ),
)
