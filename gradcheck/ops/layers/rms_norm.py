r"""Features divided by their root mean square.

## Forward
$\hat x = x / \sqrt{\frac1m \sum x^2 + \epsilon}$ over the $m$ elements of the last axis, then $y =
w \hat x$. No mean is taken off and no bias added. `weight` $w$ has shape $(m)$; for `affine:
false` there is none.

## Backward
With $\bar y = \partial L/\partial y$ and $\bar{\hat x} = w \bar y$, $\partial L/\partial x =
(\bar{\hat x} - \hat x \cdot \frac1m \sum \bar{\hat x} \hat x) / \sqrt{\frac1m \sum x^2 +
\epsilon}$ and $\partial L/\partial w = \sum \bar y \hat x$ over all rows.

## Sources
Zhang and Sennrich, *Root Mean Square Layer Normalization* (2019), section 4.
"""

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Option, Options, Worked
from gradcheck.ops.layers._normalisation import Frame, epsilon, normalisation


def frame(shape: Shape, options: Options) -> Frame:  # noqa: ARG001
    if len(shape) < 2:
        raise ShapeError(f"rms_norm needs an input of shape (n, ..., m), but gets {shape}")
    last = len(shape) - 1
    return Frame(view=shape, over=(last,), features=(last, last + 1))


OP = normalisation(
    name="rms_norm",
    doc=__doc__,
    frame=frame,
    centred=False,
    options={
        "eps": epsilon(1e-6),
        "affine": Option(
            doc="whether each feature is scaled by a weight after that",
            type="boolean",
            default=True,
        ),
    },
    worked=(
        Worked(
            inputs=([[1.0, 7.0]],),
            parameters={"weight": [3.0, -6.0]},
            options={"eps": 11.0},
            output=[[0.5, -7.0]],
            source="by hand: (1 + 49)/2 + 11 is 6², so 3/6 and -6·7/6",
        ),
    ),
)
