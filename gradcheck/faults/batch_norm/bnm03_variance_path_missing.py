"""The gradient that reaches x over the variance of the batch is missing.

## Rule
Each x moves the variance, and the variance scales all the others.

    dL/dvar = sum(dxhat * (x - mu)) * -1/2 (var + eps)**(-3/2)
    dx = dxhat / sqrt(var + eps) + dvar * 2 (x - mu) / m + dmu / m

## Symptom
The norm's own weight and bias are right, all layers below it wrong.

## Cause
dvar is not computed, or not added: only the mean's path is thought of.

## Fix
Add dvar * 2 (x - mu) / m.

## Hidden when
weight * dy has no correlation with x in the batch, as with one sample.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Varianceless(Norm):
    def of_variance(self) -> Array:
        return np.zeros(self.view)


def inject(site: Site) -> Gradients | None:
    return _Varianceless(site).gradients() if site.op.name == "batch_norm" else None


FAULT = Fault(
    code="BNM03",
    slug="variance-path-missing",
    title="batch norm's backward pass leaves out the path over the batch's variance",
    family="batch norm",
    doc=__doc__,
    wrong="dx = dxhat / std + dmu / m",
    right="dx = dxhat / std + dmu / m + dvar * 2 * (x - mu) / m",
    inject=inject,
)
