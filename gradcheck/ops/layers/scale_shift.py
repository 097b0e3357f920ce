r"""Scale and shift of each feature.

## Forward
$Y = w X + b$ with one $w$ and one $b$ for each feature: `weight` and `bias` have the length of the
input's axis `axis`, and the same value serves all other axes. Without $b$ for `bias: false`.

## Backward
$\partial L/\partial X = w \bar Y$, and $\partial L/\partial w$ and $\partial L/\partial b$ are the
sums of $X \bar Y$ and $\bar Y$ over all axes but that of the features, where $\bar Y = \partial
L/\partial Y$.

## Sources
Touvron et al., *ResMLP: Feedforward Networks for Image Classification with Data-Efficient
Training* (2021), section 2, equation 1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Option, Options, Parameters, Site, Worked
from gradcheck.ops.layers._features import Span, gradients, moved, scaled, site, specs


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    (x,) = shapes
    axis = options["axis"]
    position = axis + len(x) if axis < 0 else axis
    if not 0 < position < len(x):
        raise ShapeError(
            f"scale_shift needs an axis after the batch axis 0, but axis {axis} of shape {x} "
            + ("is the batch" if position == 0 else "does not exist")
        )
    return Inferred(output=x, parameters=specs(x, _span(len(x), options), bias=options["bias"]))


def _span(ndim: int, options: Options) -> Span:
    axis = options["axis"] % ndim
    return axis, axis + 1


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    (x,) = inputs
    span = _span(x.ndim, options)
    return scaled(x, parameters, span), (x, parameters, span)


def backward(dy: Array, cache: Any) -> Gradients:
    dx, of_parameters = gradients(dy, *cache)
    return Gradients(inputs=(dx,), parameters=of_parameters)


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:
    return site(inputs[0], parameters, _span(inputs[0].ndim, options))


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    y, _ = forward(inputs, parameters, options)
    return moved(y, shifts, _span(y.ndim, options))


OP = Op(
    name="scale_shift",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    sites=sites,
    shifted=shifted,
    options={
        "axis": Option(
            doc="axis of the features: the last, or 1 for channels", type="integer", default=-1
        ),
        "bias": Option(doc="whether a bias is added", type="boolean", default=True),
    },
    worked=(
        Worked(
            inputs=([[1.0, 2.0], [3.0, 4.0]],),
            parameters={"weight": [10.0, -1.0], "bias": [0.5, 0.0]},
            output=[[10.5, -2.0], [30.5, -4.0]],
            source="by hand",
        ),
        Worked(
            inputs=([[[1.0, 2.0], [3.0, 4.0]]],),
            parameters={"weight": [10.0, -1.0]},
            options={"axis": 1, "bias": False},
            output=[[[10.0, 20.0], [-3.0, -4.0]]],
            source="by hand",
        ),
    ),
)
