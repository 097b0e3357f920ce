"""The hinge's backward pass, binary and multiclass, in steps that faults can replace."""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site
from gradcheck.faults._probabilities import labels, weighted
from gradcheck.op import Gradients


class Hinge:
    """The gradient of a hinge loss by its scores, at one site.

    A binary hinge is that of two scores, 0 and y s, of which the second is the right one.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.margin = float(site.options.get("margin", 1.0))
        self.binary = site.op.name == "hinge"
        self.right = np.ones((*site.inputs[0].shape, 1)) if self.binary else labels(site)

    def excess(self) -> Array:
        """Return by how much each class misses the margin to the right one."""
        scores, y = self.site.inputs
        if self.binary:
            return np.asarray(self.margin - y * scores)[..., None]
        return np.asarray(scores - (self.right * scores).sum(axis=-1, keepdims=True) + self.margin)

    def counted(self, each: Array) -> Array:
        """Return what counts of the excesses: not the right class's own."""
        return 1.0 * each if self.binary else each * (self.right == 0)

    def push(self) -> Array:
        """Return how strongly each wrong class is pushed down."""
        return self.counted(self.excess() > 0)

    def pull(self) -> Array:
        """Return how strongly the right class is pulled up."""
        return np.asarray(self.push().sum(axis=-1))

    def gradients(self) -> Gradients:
        if self.binary:
            return weighted(self.site, -self.site.inputs[1] * self.pull())
        return weighted(self.site, self.push() - self.right * self.pull()[..., None])
