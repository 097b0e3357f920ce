"""The gradient of the weight multiplies dy by the input of the norm, not by xhat.

## Rule
The weight scales xhat.

    y = w xhat + b
    dL/dw = sum(dL/dy * xhat)

## Symptom
The norm's weight is wrong, all else right.

## Cause
The cache holds x, and x is what a dense layer would take.

## Fix
dgamma = (dy * xhat).sum(axis=0).

## Hidden when
x has mean 0 and variance 1 already, but for epsilon.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import frame
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "batch_norm" or not site.options["affine"]:
        return None
    _, over = frame(site)
    return site.with_parameters({"weight": (site.upstream * site.inputs[0]).sum(axis=over)})


FAULT = Fault(
    code="BNM11",
    slug="weight-gradient-of-the-input",
    title="batch norm's weight gradient is made with x instead of the normalised xhat",
    family="batch norm",
    doc=__doc__,
    wrong="dgamma = (dy * x).sum(axis=0)",
    right="dgamma = (dy * xhat).sum(axis=0)",
    inject=inject,
    repairs=("replace-name",),
)
