"""Pooling's backward pass, of means and of maxima, in steps that faults can replace."""

from collections.abc import Iterable

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site
from gradcheck.faults._windows import Seen, windows
from gradcheck.op import Gradients

POOLS = ("max_pool2d", "avg_pool2d")


def overlaps(site: Site) -> bool:
    """Tell whether some element is in two windows."""
    lay = windows(site)
    ways = zip(lay.kernel, lay.stride, lay.counts, strict=True)
    return any(s < k and m > 1 for k, s, m in ways)


class Pool:
    """The gradient of a pooling layer by its input, at one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.lay = windows(site)
        self.seen = [seen for _, seen in self.lay.elements()]

    def elements(self) -> Array:
        """Return what the windows see, their first elements first: (k, n, c, p, q)."""
        bordered = self.lay.padded(self.site.inputs[0], fill=-np.inf)
        return np.stack([bordered[seen] for seen in self.seen])

    def winners(self) -> Array:
        """Return 1 for the first of each window's largest elements, 0 for the others."""
        each = np.arange(len(self.seen)).reshape(-1, 1, 1, 1, 1)
        return np.where(self.elements().argmax(axis=0) == each, 1.0, 0.0)

    def shares(self) -> Array:
        """Return which part of a window's gradient each of its elements gets."""
        if self.site.op.name == "max_pool2d":
            return self.winners()
        inside = np.isfinite(self.elements())
        counts = inside.sum(axis=0) if not self.site.options["count_include_pad"] else len(inside)
        return np.broadcast_to(1 / counts, inside.shape)

    def merged(self, parts: Iterable[tuple[Seen, Array]]) -> Array:
        """Put together what each element of the windows gets, (n, c, h, w) with padding."""
        dx = self.lay.padded(np.zeros(self.site.inputs[0].shape))
        for seen, part in parts:
            dx[seen] += part
        return dx

    def gradients(self) -> Gradients:
        parts = self.shares() * self.site.upstream
        dx = self.merged(zip(self.seen, parts, strict=True))
        return self.site.with_first(self.lay.cropped(dx))
