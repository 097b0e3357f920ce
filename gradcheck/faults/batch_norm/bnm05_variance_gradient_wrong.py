"""The derivative of one over a root is taken wrongly.

## Rule
A power rule with a negative and broken power.

    xhat = (x - mu) (var + eps)**(-1/2)
    dL/dvar = sum(dxhat * (x - mu)) * -1/2 (var + eps)**(-3/2)

## Symptom
The norm's own weight and bias are right, all layers below it wrong.

## Cause
The minus, the 1/2 or one of the powers gets lost.

## Fix
-0.5 * (var + eps) ** -1.5.

## Hidden when
weight * dy has no correlation with x in the batch; a wrong power also where the variance is 1.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients

CHOICES = ("sign", "power -1/2", "power -1", "factor")


class _Wrong(Norm):
    def of_variance(self) -> Array:
        right: Array = super().of_variance()
        match self.site.choice:
            case "power -1/2":
                return np.asarray(right * (self.var + self.eps))
            case "power -1":
                return np.asarray(right * np.sqrt(self.var + self.eps))
        return -right if self.site.choice == "sign" else 2 * right


def choices(site: Site) -> list[str]:
    return list(CHOICES) if site.op.name == "batch_norm" else []


def inject(site: Site) -> Gradients | None:
    return _Wrong(site).gradients() if site.choice else None


FAULT = Fault(
    code="BNM05",
    slug="variance-gradient-wrong",
    title="batch norm's gradient of the variance has a wrong sign, power or factor",
    family="batch norm",
    doc=__doc__,
    wrong="dvar = (dxhat * (x - mu)).sum(0) * -0.5 * (var + eps) ** -0.5",
    right="dvar = (dxhat * (x - mu)).sum(0) * -0.5 * (var + eps) ** -1.5",
    choices=choices,
    inject=inject,
    repairs=("negate", "divide", "multiply"),
)
