"""Windows that slide over images and sequences, as faults of convolution and pooling need them."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.fault import Site
from gradcheck.op import Gradients
from gradcheck.record import record

Offset: TypeAlias = tuple[int, ...]
Seen: TypeAlias = tuple[Any, ...]


def at(slices: Iterable[Any]) -> Seen:
    """Index the positions, one slice or number for each axis, in all samples and channels."""
    return (slice(None), slice(None), *slices)


@record
class Windows:
    """How the windows of a site lie on its first input; one number of each for every axis."""

    size: Shape
    counts: Shape
    kernel: Shape
    stride: Shape
    padding: Shape
    dilation: Shape

    def elements(self) -> Iterator[tuple[Offset, Seen]]:
        """Yield, for each element of the kernel, where in the padded input windows have it."""
        for offset in itertools.product(*map(range, self.kernel)):
            starts = [a * d for a, d in zip(offset, self.dilation, strict=True)]
            ways = zip(starts, self.stride, self.counts, strict=True)
            yield offset, at(slice(a, a + s * (m - 1) + 1, s) for a, s, m in ways)

    def left_over(self) -> Shape:
        """Return how many rows behind the last window are in none, for every axis."""
        reach = [s * (m - 1) for s, m in zip(self.stride, self.counts, strict=True)]
        window = [d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel, strict=True)]
        lengths = zip(self.size, self.padding, reach, window, strict=True)
        return tuple(n + 2 * p - r - w for n, p, r, w in lengths)

    def padded(self, x: Array, fill: float = 0.0) -> Array:
        widths = [(0, 0), (0, 0), *((p, p) for p in self.padding)]
        return np.pad(x, widths, constant_values=fill)

    def cropped(self, x: Array) -> Array:
        """Take off the padding again."""
        ways = zip(self.padding, self.size, strict=True)
        return np.asarray(x[at(slice(p, p + n) for p, n in ways)])


def windows(site: Site) -> Windows:
    """Read how windows lie from the options of a site and the shapes of what enters and leaves."""
    size = site.inputs[0].shape[2:]

    def per_axis(name: str, default: int = 1) -> Shape:
        given = tuple(site.options.get(name) or (default,))
        return given if len(given) == len(size) else given * len(size)

    kernel = per_axis("kernel")
    return Windows(
        size=size,
        counts=site.output.shape[2:],
        kernel=kernel,
        stride=per_axis("stride") if site.options["stride"] else kernel,
        padding=per_axis("padding", 0),
        dilation=per_axis("dilation"),
    )


def again(site: Site, **changes: Any) -> Gradients:
    """Return the gradients of a site of which something is otherwise: an input, an option."""
    site = replace(site, **changes)
    _, cache = site.op.forward(site.inputs, site.parameters, site.options)
    return site.op.backward(site.upstream, cache)
