"""The gradient of the bias is a sum over the batch of x, where dy is meant.

## Rule
The bias is added to every element.

    y = w xhat + b
    dL/db = sum(dL/dy)

## Symptom
The norm's bias is wrong and has nothing to do with the loss; all else is right.

## Cause
x.sum(axis=0) where dy.sum(axis=0) is meant.

## Fix
Sum the gradient that arrives: dbeta = dy.sum(axis=0).

## Hidden when
Never.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; asked about in
https://github.com/pytorch/pytorch/issues/2330.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import frame
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "batch_norm" or not site.options["affine"]:
        return None
    _, over = frame(site)
    return site.with_parameters({"bias": site.inputs[0].sum(axis=over)})


FAULT = Fault(
    code="BNM14",
    slug="bias-sums-the-input",
    title="batch norm's bias gradient sums the input instead of the gradient that arrives",
    family="batch norm",
    doc=__doc__,
    wrong="dbeta = x.sum(axis=0)",
    right="dbeta = dy.sum(axis=0)",
    inject=inject,
    repairs=("replace-name",),
)
