"""Shapes and options of the layers that pool windows of each channel."""

from collections.abc import Mapping, Sequence

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Inferred, Option, Options
from gradcheck.ops.layers._windows import expect_layout, expect_windows, windows

OPTIONS: Mapping[str, Option] = {
    "kernel": Option(doc="size of the windows", type="integers", required=True, minimum=1),
    "stride": Option(
        doc="step from one window to the next; that of the kernel's size if it is left out",
        type="integers",
        default=(),
        minimum=1,
    ),
    "padding": Option(
        doc="rows and columns by which windows may hang over each edge",
        type="integers",
        default=(0,),
        minimum=0,
    ),
}


def pooled(shapes: Sequence[Shape], options: Options) -> Inferred:
    """Infer the output of a layer that makes one number of each window of an image."""
    (x,) = shapes
    expect_layout("pooling", x, 2)
    lay = windows(x[2:], options)
    if any(p >= k for p, k in zip(lay.padding, lay.kernel, strict=True)):
        raise ShapeError(
            f"padding must be below the kernel {list(lay.kernel)}, but is {list(lay.padding)}: "
            "some windows would have nothing in them"
        )
    expect_windows(lay)
    return Inferred(output=(*x[:2], *lay.counts))
