"""The gradient that reaches x over the mean of the batch is missing.

## Rule
Each x moves the mean, and the mean moves all the others.

    dL/dmu = -sum(dxhat) / sqrt(var + eps)
    dx = dxhat / sqrt(var + eps) + dvar * 2 (x - mu) / m + dmu / m

## Symptom
The norm's own weight and bias are right, all layers below it wrong. The gradient of x does not
add up to zero over the batch.

## Cause
dmu is not computed, or not added.

## Fix
Add dmu / m. Only its first term counts, see NOT05.

## Hidden when
weight * dy has mean zero over the batch.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Meanless(Norm):
    def of_mean(self) -> Array:
        return np.zeros(self.view)


def inject(site: Site) -> Gradients | None:
    return _Meanless(site).gradients() if site.op.name == "batch_norm" else None


FAULT = Fault(
    code="BNM02",
    slug="mean-path-missing",
    title="batch norm's backward pass leaves out the path over the batch's mean",
    family="batch norm",
    doc=__doc__,
    wrong="dx = dxhat / std + dvar * 2 * (x - mu) / m",
    right="dx = dxhat / std + dvar * 2 * (x - mu) / m + dmu / m",
    inject=inject,
)
