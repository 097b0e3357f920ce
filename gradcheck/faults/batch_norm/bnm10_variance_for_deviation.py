"""The root is missing in what the backward pass divides by.

## Rule
The forward pass divides by a root, so does the backward pass.

    xhat = (x - mu) / sqrt(var + eps)
    dx = (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat)) / sqrt(var + eps)

## Symptom
All layers below the norm are off by one factor for each feature, the deviation; the norm's own
weight and bias are right.

## Cause
The cache holds var + eps and its name says std, or the other way round.

## Fix
Divide by the root.

## Hidden when
The variance is 1.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; the like of it in a forward pass in
https://github.com/jax-ml/jax/issues/442.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Rootless(Norm):
    def inverse(self) -> Array:
        return np.asarray(1 / (self.var + self.eps))


def inject(site: Site) -> Gradients | None:
    return _Rootless(site).gradients() if site.op.name == "batch_norm" else None


FAULT = Fault(
    code="BNM10",
    slug="variance-for-deviation",
    title="batch norm's backward pass divides by the variance instead of the standard deviation",
    family="batch norm",
    doc=__doc__,
    wrong="dx = (dxhat - ...) / (var + eps)",
    right="dx = (dxhat - ...) / np.sqrt(var + eps)",
    inject=inject,
    repairs=("wrap-call",),
)
