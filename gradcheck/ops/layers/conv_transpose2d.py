r"""Two-dimensional transposed convolution, which enlarges images.

## Forward
$X_{n c p q} W_{c o a b}$ is added to $Y_{n, o, s p + a - padding, s q + b - padding}$ for all $c,
a, b, p, q$, and the bias $b_o$ everywhere; what falls outside the output is dropped. $X$ has shape
$(n, i, h, w)$, `weight` $W$ shape $(i, o, k_h, k_w)$, `bias` $b$ shape $(o)$. The output has $s (h
- 1) + k_h - 2 \cdot padding + output\_padding$ rows, and likewise columns: `output_padding` adds
rows at the end only, which restores those that a convolution of the same stride leaves over.
`kernel`, `stride`, `padding` and `output_padding` are one number, or two for rows and columns.

## Backward
The map of $X$ is the transpose of a convolution, so its gradient is that convolution: with $\bar Y
= \partial L/\partial Y$ surrounded by `padding` zeros, $\partial L/\partial X_{n c p q} = \sum_{o
a b} W_{c o a b} \bar Y_{n, o, s p + a, s q + b}$ and $\partial L/\partial W_{c o a b} = \sum_{n p
q} X_{n c p q} \bar Y_{n, o, s p + a, s q + b}$. $\partial L/\partial b_o$ sums $\bar Y$ over the
samples, rows and columns.

## Sources
Zeiler, Krishnan, Taylor and Fergus, *Deconvolutional Networks* (2010); Dumoulin and Visin, *A
Guide to Convolution Arithmetic for Deep Learning* (2016), chapter 4.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
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
from gradcheck.ops.layers._convolution import BIAS, KERNELS, inferred
from gradcheck.ops.layers._windows import (
    Windows,
    combined,
    expect_layout,
    padded,
    per_axis,
    stretches,
    windows,
)


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    (x,) = shapes
    expect_layout("conv_transpose2d", x, 2)
    _expect_output_padding_below_stride(options)
    lay, i, o = _target(x, options), x[1], options["channels"]
    if min(lay.size) < 1:
        raise ShapeError(
            f"a padding of {list(lay.padding)} leaves an output of {list(lay.size)}; take less "
            "padding or a larger kernel"
        )
    weight = ParameterSpec(shape=(i, o, *lay.kernel), fan_in=i * lay.area, fan_out=o * lay.area)
    return inferred((x[0], o, *lay.size), weight, options)


def _expect_output_padding_below_stride(options: Options) -> None:
    extra = per_axis("output_padding", options["output_padding"], 2)
    stride = per_axis("stride", options["stride"], 2)
    if any(e >= s for e, s in zip(extra, stride, strict=True)):
        raise ShapeError(
            f"output_padding must be below the stride {list(stride)}, but is {list(extra)}: a "
            "convolution leaves over fewer rows than its stride"
        )


def _target(x: Shape, options: Options) -> Windows:
    """Return the windows that the elements of the input fill on the output."""
    extra = per_axis("output_padding", options["output_padding"], 2)
    lay = windows(x[2:], options)
    size = tuple(
        s * (m - 1) + k - 2 * p + e
        for m, k, s, p, e in zip(x[2:], lay.kernel, lay.stride, lay.padding, extra, strict=True)
    )
    return windows(size, options)


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    (x,) = inputs
    weight, lay = parameters["weight"], _target(x.shape, options)
    y = _overlapped(_rows(x) @ weight.reshape(weight.shape[0], -1), lay)
    if options["bias"]:
        y = y + parameters["bias"].reshape(-1, 1, 1)
    return y, (x, weight, options)


def _rows(x: Array) -> Array:
    """Return the pixels (n, r, i)."""
    return x.reshape(*x.shape[:2], -1).swapaxes(1, 2)


def _overlapped(patches: Array, lay: Windows) -> Array:
    """Add up patches (n, r, o k), one from each pixel of the input, where they overlap."""
    n, r, _ = patches.shape
    flat = patches.reshape(n, r, -1, lay.area).transpose(0, 2, 3, 1).reshape(n, -1, lay.area * r)
    table = _table(lay)
    y: Array = np.where(table < 0, 0, np.take(flat, np.maximum(table, 0), axis=2)).sum(axis=2)
    return y.reshape(n, -1, *lay.size)


@lru_cache
def _table(lay: Windows) -> Array:
    """Tell which number of a patch, of all patches, each output gets by each kernel element.

    The table is (k, m) for m outputs; it has -1 where there is none.
    """
    pixel = combined([_pixels(lay, axis) for axis in (0, 1)], lay.counts)
    element = np.arange(lay.area)[:, None]
    return np.where(pixel < 0, -1, element * math.prod(lay.counts) + pixel)


def _pixels(lay: Windows, axis: int) -> Array:
    """Tell which place of the input (-1: none) reaches each of the output by each kernel element.

    The table is (k, m) for an axis of m outputs.
    """
    k, s, p = lay.kernel[axis], lay.stride[axis], lay.padding[axis]
    start = np.arange(lay.size[axis]) + p - np.arange(k)[:, None]
    exists = (start >= 0) & (start % s == 0) & (start // s < lay.counts[axis])
    return np.where(exists, start // s, -1)


def backward(dy: Array, cache: Any) -> Gradients:
    x, weight, options = cache
    lay = _target(x.shape, options)
    bordered = padded(dy, lay)
    kernels = weight.reshape(*weight.shape[:2], -1)
    dx, dw = np.zeros(x.shape), np.zeros(kernels.shape)
    for k, reached in enumerate(stretches(lay)):
        met = bordered[reached]
        dx += np.tensordot(met, kernels[..., k], axes=(1, 1)).transpose(0, 3, 1, 2)
        dw[..., k] = np.tensordot(x, met, axes=((0, 2, 3), (0, 2, 3)))
    gradients = {"weight": dw.reshape(weight.shape)}
    if options["bias"]:
        gradients["bias"] = dy.sum(axis=(0, 2, 3))
    return Gradients(inputs=(dx,), parameters=gradients)


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:
    """Place the weight at the patches, before they overlap, and the bias at the output."""
    rows, weight = _rows(inputs[0]), parameters["weight"]
    shape = (*rows.shape[:2], weight.size // weight.shape[0])
    found = {"patches": Site(shape=shape, responses={"weight": Response(coefficients=rows)})}
    if options["bias"]:
        lay = _target(inputs[0].shape, options)
        shape = (len(rows), lay.size[0] * lay.size[1], weight.shape[1])
        found["output"] = Site(shape=shape, responses={"bias": Response()})
    return found


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    y, _ = forward(inputs, parameters, options)
    if "patches" in shifts:
        y = y + _overlapped(shifts["patches"], _target(inputs[0].shape, options))
    if "output" in shifts:
        y = y + shifts["output"].swapaxes(1, 2).reshape(y.shape)
    return y


OP = Op(
    name="conv_transpose2d",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    sites=sites,
    shifted=shifted,
    options={
        **KERNELS,
        "stride": Option(
            doc="step from one patch of the output to the next",
            type="integers",
            default=(1,),
            minimum=1,
        ),
        "padding": Option(
            doc="rows and columns cut off at each end", type="integers", default=(0,), minimum=0
        ),
        "output_padding": Option(
            doc="rows and columns added at the end", type="integers", default=(0,), minimum=0
        ),
        "bias": BIAS,
    },
    worked=(
        Worked(
            inputs=([[[[1.0, 2.0]]]],),
            parameters={"weight": [[[[1.0, 10.0, 100.0]]]], "bias": [0.5]},
            options={"channels": 1, "kernel": (1, 3), "stride": (1, 2)},
            output=[[[[1.5, 10.5, 102.5, 20.5, 200.5]]]],
            source="by hand: 1 10 100 and, two further, 2 20 200 overlap at 100 + 2",
        ),
        Worked(
            inputs=([[[[1.0, 2.0]]]],),
            parameters={"weight": [[[[1.0, 10.0, 100.0]]]]},
            options={
                "channels": 1,
                "kernel": (1, 3),
                "stride": (2, 2),
                "padding": (0, 1),
                "output_padding": (1, 1),
                "bias": False,
            },
            output=[[[[10.0, 102.0, 20.0, 200.0], [0.0, 0.0, 0.0, 0.0]]]],
            source="by hand: the same without its ends, then one column more and one row more",
        ),
    ),
)
