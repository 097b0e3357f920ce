r"""Normalisations: elements less their mean and over their standard deviation, then scaled.

With $\hat x = (x - \mu) s$ and $s = (\sigma^2 + \epsilon)^{-1/2}$, both statistics being functions
of $x$ too, $\bar x = s\,(\bar{\hat x} - \overline{\bar{\hat x}} - \hat x\,\overline{\bar{\hat x}
\hat x})$ with means over the same elements: $\partial \mu/\partial x$ gives the second term,
$\partial s/\partial x = -s^2 \hat x / m$ the third. Without a mean the second term is absent.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Option, Options, Parameters, Site, Worked
from gradcheck.ops.layers._features import Span, gradients, moved, scaled, site, specs
from gradcheck.record import record


@record
class Frame:
    """Which elements of an input are normalised together.

    The input is looked at in the shape `view`, its statistics are taken over the axes `over` of
    that. `features` spans the axes of the input whose elements have their own scale and shift.
    """

    view: Shape
    over: tuple[int, ...]
    features: Span

    @property
    def count(self) -> int:
        """How many elements are normalised together."""
        return math.prod(self.view[axis] for axis in self.over)


Framing = Callable[[Shape, Options], Frame]

AFFINE = Option(
    doc="whether each feature is scaled by a weight and shifted by a bias after that",
    type="boolean",
    default=True,
)


def epsilon(default: float) -> Option:
    return Option(
        doc="what is added to the mean square before its root is taken",
        type="number",
        default=default,
        minimum=0,
    )


def normalisation(
    *,
    name: str,
    doc: str | None,
    frame: Framing,
    options: Mapping[str, Option],
    worked: tuple[Worked, ...],
    centred: bool = True,
    samplewise: bool = True,
) -> Op:
    """Make a normalisation; unless it is `centred` it takes off no mean and has no bias.

    `frame(shape, options)` raises ShapeError for a shape that it can't cut up.
    """
    norm = _Norm(name=name, frame=frame, centred=centred)
    return Op(
        name=name,
        kind="layer",
        doc=doc,
        forward=norm.forward,
        backward=norm.backward,
        infer=norm.infer,
        sites=norm.sites,
        shifted=norm.shifted,
        samplewise=samplewise,
        options=options,
        worked=worked,
    )


@record
class _Norm:
    """The functions of one normalisation, as `Op` wants them."""

    name: str
    frame: Framing
    centred: bool

    def infer(self, shapes: Sequence[Shape], options: Options) -> Inferred:
        (x,) = shapes
        cut = self.frame(x, options)
        if self.centred and cut.count < 2:
            raise ShapeError(
                f"{self.name} would normalise each element of an input of shape {x} by itself, "
                "which makes all of them 0; two or more must share their mean and variance"
            )
        if not options["affine"]:
            return Inferred(output=x)
        return Inferred(output=x, parameters=specs(x, cut.features, bias=self.centred))

    def forward(
        self, inputs: Inputs, parameters: Parameters, options: Options
    ) -> tuple[Array, Any]:
        xhat, s, cut = self._normalised(inputs[0], options)
        return scaled(xhat, parameters, cut.features), (xhat, s, parameters, cut)

    def backward(self, dy: Array, cache: Any) -> Gradients:
        xhat, s, parameters, cut = cache
        dxhat, of_parameters = gradients(dy, xhat, parameters, cut.features)
        dx = _through_statistics(dxhat, xhat, s, cut, centred=self.centred)
        return Gradients(inputs=(dx,), parameters=of_parameters)

    def sites(self, inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:
        xhat, _, cut = self._normalised(inputs[0], options)
        return site(xhat, parameters, cut.features)

    def shifted(
        self, inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
    ) -> Array:
        y, _ = self.forward(inputs, parameters, options)
        return moved(y, shifts, self.frame(y.shape, options).features)

    def _normalised(self, x: Array, options: Options) -> tuple[Array, Array, Frame]:
        """Return the normalised input, one over its deviations, and how it was cut up."""
        cut = self.frame(x.shape, options)
        view = x.reshape(cut.view)
        if self.centred:
            view = view - view.mean(axis=cut.over, keepdims=True)
        s = 1 / np.sqrt((view * view).mean(axis=cut.over, keepdims=True) + options["eps"])
        return (view * s).reshape(x.shape), s, cut


def _through_statistics(dxhat: Array, xhat: Array, s: Array, cut: Frame, *, centred: bool) -> Array:
    g, unit = dxhat.reshape(cut.view), xhat.reshape(cut.view)
    rest = g - unit * (g * unit).mean(axis=cut.over, keepdims=True)
    if centred:
        rest = rest - g.mean(axis=cut.over, keepdims=True)
    return np.asarray(s * rest).reshape(xhat.shape)


def expect_channels(op: str, shape: Shape, axes: int) -> None:
    """Raise ShapeError unless a shape has samples, channels and at least `axes` more axes."""
    if len(shape) < 2 + axes:
        wanted = "(n, c), (n, c, t) or (n, c, h, w)" if axes == 0 else "(n, c, t) or (n, c, h, w)"
        raise ShapeError(f"{op} needs an input of shape {wanted}, but gets {shape}")


def by_channels(shape: Shape, groups: int) -> Frame:
    """Normalise each sample's groups of channels, over their positions too."""
    view = (shape[0], groups, shape[1] // groups, *shape[2:])
    return Frame(view=view, over=tuple(range(2, len(view))), features=(1, 2))
