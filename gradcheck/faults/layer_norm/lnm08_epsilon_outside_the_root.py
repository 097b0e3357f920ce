"""The backward pass divides by sqrt(var) + eps, the forward pass by sqrt(var + eps).

## Rule
Both passes have the same denominator.

    xhat = (x - mu) / sqrt(var + eps)
    dx = (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat)) / sqrt(var + eps)

## Symptom
All layers below the norm are a little wrong, more so where the variance is small. With variance 0
the root's own derivative makes it NaN.

## Cause
The deviation is computed once more, written the other way.

## Fix
Keep 1 / sqrt(var + eps) in the cache and use it.

## Hidden when
Epsilon is small against the variance.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3; in a forward pass in
https://github.com/pyg-team/pytorch_geometric/pull/2917.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import OF_SAMPLES, Norm
from gradcheck.op import Gradients


class _Outside(Norm):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        if site.choice == "xhat recomputed":
            self.xhat = self.off * self.inverse()

    def inverse(self) -> Array:
        return np.asarray(1 / (np.sqrt(self.var) + self.eps))


def choices(site: Site) -> list[str]:
    """Tell whether xhat is the forward pass's or made once more."""
    fits = site.op.name in OF_SAMPLES and site.options["eps"] > 0
    return ["xhat cached", "xhat recomputed"] if fits else []


def inject(site: Site) -> Gradients | None:
    return _Outside(site).gradients() if site.choice else None


FAULT = Fault(
    code="LNM08",
    slug="epsilon-outside-the-root",
    title="a norm's backward pass adds epsilon to the root, not under it as the forward pass does",
    family="layer norm",
    doc=__doc__,
    wrong="dx = (dxhat - ...) / (np.sqrt(var) + eps)",
    right="dx = (dxhat - ...) / np.sqrt(var + eps)",
    choices=choices,
    inject=inject,
    repairs=("replace-name",),
)
