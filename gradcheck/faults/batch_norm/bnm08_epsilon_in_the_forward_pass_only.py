"""The backward pass divides by the root of the variance alone.

## Rule
Epsilon is part of the function.

    xhat = (x - mu) / sqrt(var + eps)
    dx = (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat)) / sqrt(var + eps)

## Symptom
All layers below the norm are off by a little: about eps / (2 var).

## Cause
The deviation is computed once more in the backward pass, without epsilon.

## Fix
Keep 1 / sqrt(var + eps) in the cache and use it.

## Hidden when
Epsilon is small against the variance: below 0.1 % at 1e-5. NUM03 is the general case.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; the like of it, in another norm, in
https://github.com/chainer/chainer/pull/4190.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Without(Norm):
    def inverse(self) -> Array:
        return np.asarray(1 / np.sqrt(self.var))


class _Throughout(_Without):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.xhat = self.off * self.inverse()


def choices(site: Site) -> list[str]:
    """Tell whether xhat is the forward pass's or made once more."""
    fits = site.op.name == "batch_norm" and site.options["eps"] > 0
    return ["xhat cached", "xhat recomputed"] if fits else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    return (_Without if site.choice == "xhat cached" else _Throughout)(site).gradients()


FAULT = Fault(
    code="BNM08",
    slug="epsilon-in-the-forward-pass-only",
    title="batch norm's epsilon is missing in the backward pass",
    family="batch norm",
    doc=__doc__,
    wrong="dx = (dxhat - ...) / np.sqrt(var)",
    right="dx = (dxhat - ...) / np.sqrt(var + eps)",
    choices=choices,
    inject=inject,
    repairs=("replace-name",),
)
