"""The term xhat * mean(dxhat * xhat) is missing.

## Rule
A feature that goes further out makes its sample's deviation larger.

    ds/dx = -s**2 xhat / m
    dx = s (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat))

## Symptom
The norm's own weight and bias are right, all layers below it wrong.

## Cause
Only the mean is differentiated, the deviation is taken for a constant.

## Fix
Take off xhat * mean(dxhat * xhat).

## Hidden when
weight * dy has no correlation with x within a sample.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import CENTRED, Norm
from gradcheck.op import Gradients


class _Varianceless(Norm):
    def of_variance(self) -> Array:
        return np.zeros(self.view)


def inject(site: Site) -> Gradients | None:
    return _Varianceless(site).gradients() if site.op.name in CENTRED else None


FAULT = Fault(
    code="LNM04",
    slug="variance-term-missing",
    title="a norm of single samples leaves out the term that the variance makes",
    family="layer norm",
    doc=__doc__,
    wrong="dx = (dxhat - dxhat.mean(-1)) / std",
    right="dx = (dxhat - dxhat.mean(-1) - xhat * (dxhat * xhat).mean(-1)) / std",
    inject=inject,
)
