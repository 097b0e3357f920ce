"""Windows that slide over the axes of an image or a sequence, after its samples and channels.

The forward passes gather all windows at once by a table of indices; the backward passes go
through the kernel's elements, each of which meets a strided stretch of the input. The two
ways share nothing but the numbers of `Windows`.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Options
from gradcheck.record import record

LAYOUTS = {1: "(n, c, t)", 2: "(n, c, h, w)"}


@record
class Windows:
    """How windows lie on axes of `size`; every field has one number for each axis."""

    size: Shape
    kernel: Shape
    stride: Shape
    padding: Shape
    dilation: Shape

    @property
    def reach(self) -> Shape:
        """How far a window extends, gaps included."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    @property
    def padded(self) -> Shape:
        return tuple(m + 2 * p for m, p in zip(self.size, self.padding, strict=True))

    @property
    def counts(self) -> Shape:
        """How many windows there are; what is left over behind the last one is in none."""
        lengths = zip(self.padded, self.reach, self.stride, strict=True)
        return tuple((m - r) // s + 1 for m, r, s in lengths)

    @property
    def area(self) -> int:
        return math.prod(self.kernel)

    @property
    def inside(self) -> tuple[slice, ...]:
        """Where in the padded array the array itself is."""
        stretch = (slice(p, p + m) for m, p in zip(self.size, self.padding, strict=True))
        return (slice(None), slice(None), *stretch)


def expect_layout(op: str, shape: Shape, axes: int) -> None:
    """Raise ShapeError unless a shape has samples, channels and `axes` more."""
    if len(shape) != axes + 2:
        raise ShapeError(f"{op} needs an input of shape {LAYOUTS[axes]}, but gets {shape}")


def windows(size: Shape, options: Options) -> Windows:
    """Read the options that say how windows lie; without a stride they don't overlap."""
    kernel, axes = options["kernel"], len(size)
    return Windows(
        size=size,
        kernel=per_axis("kernel", kernel, axes),
        stride=per_axis("stride", options["stride"] or kernel, axes),
        padding=per_axis("padding", options["padding"], axes),
        dilation=per_axis("dilation", options.get("dilation", 1), axes),
    )


def per_axis(name: str, value: int | Sequence[int], axes: int) -> Shape:
    """Return one number for each axis, of an option that may have one for all."""
    numbers = (value,) if isinstance(value, int) else tuple(value)
    if len(numbers) not in {1, axes}:
        raise ShapeError(
            f"{name} needs one number, or one for each of the {axes} axes, but gets {list(numbers)}"
        )
    return numbers if len(numbers) == axes else numbers * axes


def expect_windows(lay: Windows) -> None:
    """Raise ShapeError unless there is at least one window."""
    for axis, (room, reach) in enumerate(zip(lay.padded, lay.reach, strict=True)):
        if reach > room:
            raise ShapeError(
                f"a kernel of {lay.kernel[axis]} with dilation {lay.dilation[axis]} reaches over "
                f"{reach} elements, but axis {axis + 2} of the input has {lay.size[axis]} and "
                f"{lay.padding[axis]} of padding at each end; take a smaller kernel or more padding"
            )


def gathered(x: Array, lay: Windows, fill: float = 0.0) -> Array:
    """Return the windows (n, c, k, r): k elements of the kernel, r windows, row by row."""
    flat = x.reshape(*x.shape[:2], -1)
    if any(lay.padding):
        # The padding is one more element at the end, to which the table's -1 leads.
        flat = np.concatenate([flat, np.full((*x.shape[:2], 1), fill)], axis=2)
    return np.take(flat, _table(lay), axis=2)


@lru_cache
def _table(lay: Windows) -> Array:
    """Tell where in the flattened array each window's elements are, (k, r); -1 is padding."""
    places = []
    for a in range(len(lay.size)):
        k, m = np.arange(lay.kernel[a])[:, None], np.arange(lay.counts[a])
        place = lay.dilation[a] * k + lay.stride[a] * m - lay.padding[a]
        places.append(np.where((place < 0) | (place >= lay.size[a]), -1, place))
    return combined(places, lay.size)


def padded(x: Array, lay: Windows, fill: float = 0.0) -> Array:
    """Surround every channel by the padding."""
    if not any(lay.padding):
        return x
    widths = [(0, 0), (0, 0), *((p, p) for p in lay.padding)]
    return np.pad(x, widths, constant_values=fill)


def combined(places: Sequence[Array], sizes: Shape) -> Array:
    """Make one table (k, r) of indices into the flattened axes from a table for each axis.

    A negative index means none, and so does everything that it is combined with.
    """
    table: Array = np.zeros((1, 1), dtype=np.intp)
    for place, size in zip(places, sizes, strict=True):
        before, here = table[:, None, :, None], place[:, None]
        table = np.where((before < 0) | (here < 0), -1, before * size + here)
        table = table.reshape(len(table) * len(place), -1)
    return table


def stretches(lay: Windows) -> Iterator[tuple[Any, ...]]:
    """Yield, for each element of the kernel, where in the padded array the windows have it."""
    counts = lay.counts
    for offset in itertools.product(*map(range, lay.kernel)):
        starts = [a * d for a, d in zip(offset, lay.dilation, strict=True)]
        lengths = zip(starts, lay.stride, counts, strict=True)
        yield (..., *(slice(first, first + s * (m - 1) + 1, s) for first, s, m in lengths))
