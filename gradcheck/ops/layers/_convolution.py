"""Convolutions over any number of axes, as cross-correlations."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import (
    Gradients,
    Inferred,
    Inputs,
    Op,
    Option,
    Options,
    Parameters,
    ParameterSpec,
    Response,
    Site,
    Worked,
)
from gradcheck.ops.layers._windows import (
    Windows,
    expect_layout,
    expect_windows,
    gathered,
    padded,
    stretches,
    windows,
)

KERNELS: Mapping[str, Option] = {
    "channels": Option(
        doc="number of output channels o", type="integer", required=True, minimum=1, size=True
    ),
    "kernel": Option(doc="size of the kernel", type="integers", required=True, minimum=1),
}
BIAS = Option(doc="whether a bias is added", type="boolean", default=True)

OPTIONS: Mapping[str, Option] = {
    **KERNELS,
    "stride": Option(
        doc="step from one window to the next", type="integers", default=(1,), minimum=1
    ),
    "padding": Option(
        doc="zeros added at each end of each axis", type="integers", default=(0,), minimum=0
    ),
    "dilation": Option(
        doc="step from one element of the kernel to the next",
        type="integers",
        default=(1,),
        minimum=1,
    ),
    "groups": Option(
        doc="parts of the channels that are convolved apart", type="integer", default=1, minimum=1
    ),
    "bias": BIAS,
}


def convolution(*, name: str, doc: str | None, axes: int, worked: tuple[Worked, ...]) -> Op:
    """Make the convolution over `axes` axes."""
    return Op(
        name=name,
        kind="layer",
        doc=doc,
        forward=forward,
        backward=backward,
        infer=partial(_infer, name=name, axes=axes),
        sites=sites,
        shifted=shifted,
        options=OPTIONS,
        worked=worked,
    )


def _infer(shapes: Sequence[Shape], options: Options, *, name: str, axes: int) -> Inferred:
    (x,) = shapes
    expect_layout(name, x, axes)
    i, o, groups = x[1], options["channels"], options["groups"]
    for what, count in {"input": i, "output": o}.items():
        if count % groups:
            raise ShapeError(
                f"{name} can't divide {count} {what} channels into {groups} equal groups"
            )
    lay = windows(x[2:], options)
    expect_windows(lay)
    weight = ParameterSpec(
        shape=(o, i // groups, *lay.kernel),
        fan_in=i // groups * lay.area,
        fan_out=o // groups * lay.area,
    )
    return inferred((x[0], o, *lay.counts), weight, options)


def inferred(output: Shape, weight: ParameterSpec, options: Options) -> Inferred:
    """Return an output (n, o, ...) and the parameters: the kernels and, if wanted, a bias (o)."""
    parameters = {"weight": weight}
    if options["bias"]:
        parameters["bias"] = replace(weight, shape=(options["channels"],), role="bias")
    return Inferred(output=output, parameters=parameters)


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    (x,) = inputs
    weight, groups = parameters["weight"], options["groups"]
    lay = windows(x.shape[2:], options)
    kernels = weight.reshape(groups, weight.shape[0] // groups, -1)
    y = kernels @ _columns(x, lay, groups)
    y = y.reshape(x.shape[0], weight.shape[0], *lay.counts)
    if options["bias"]:
        y = y + parameters["bias"].reshape(-1, *(1 for _ in lay.counts))
    return y, (x, weight, options)


def _columns(x: Array, lay: Windows, groups: int) -> Array:
    """Return what each group's kernels meet at each output position: (n, g, k, r)."""
    k = x.shape[1] // groups * lay.area
    return gathered(x, lay).reshape(x.shape[0], groups, k, math.prod(lay.counts))


def backward(dy: Array, cache: Any) -> Gradients:
    x, weight, options = cache
    groups, lay = options["groups"], windows(x.shape[2:], options)
    n, o = dy.shape[:2]
    i, r = x.shape[1], math.prod(lay.counts)
    delta = dy.reshape(n, groups, o // groups, r)
    kernels = weight.reshape(groups, o // groups, i // groups, lay.area)
    bordered = padded(x, lay)
    dx, dw = np.zeros(bordered.shape), np.zeros(kernels.shape)
    for k, seen in enumerate(stretches(lay)):
        met = bordered[seen].reshape(n, groups, i // groups, r)
        dw[..., k] = (delta @ met.swapaxes(-1, -2)).sum(axis=0)
        dx[seen] += (kernels[..., k].swapaxes(-1, -2) @ delta).reshape(n, i, *lay.counts)
    gradients = {"weight": dw.reshape(weight.shape)}
    if options["bias"]:
        gradients["bias"] = delta.sum(axis=(0, 3)).ravel()
    return Gradients(inputs=(dx[lay.inside],), parameters=gradients)


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:  # noqa: ARG001
    """Name a site for each group.

    A group's site has columns for all output channels, so that the whole weight has a place there,
    but only those of the group itself reach the output.
    """
    (x,) = inputs
    groups, o = options["groups"], options["channels"]
    columns = _columns(x, windows(x.shape[2:], options), groups).swapaxes(-1, -2)
    found = {}
    for group, name in enumerate(_names(groups)):
        rows = columns[:, group]
        responses = {"weight": Response(coefficients=rows, transposed=True)}
        if options["bias"]:
            responses["bias"] = Response()
        axis = 1 if groups == 1 else None
        found[name] = Site(shape=(*rows.shape[:2], o), responses=responses, axis=axis)
    return found


def _names(groups: int) -> list[str]:
    return ["output"] if groups == 1 else [f"group {group}" for group in range(groups)]


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    y, _ = forward(inputs, parameters, options)
    group_of_channel = np.arange(y.shape[1]) // (y.shape[1] // options["groups"])
    for group, name in enumerate(_names(options["groups"])):
        if name in shifts:
            felt = np.where(group_of_channel == group, shifts[name], 0)
            y = y + felt.swapaxes(1, 2).reshape(y.shape)
    return y
