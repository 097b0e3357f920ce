"""The gradient of the weight multiplies dy by y, which has been scaled and shifted already.

## Rule
The weight scales xhat, before the bias.

    y = w xhat + b
    dL/dw = sum(dL/dy * xhat)

## Symptom
The norm's weight is wrong, all else right.

## Cause
The layer's output is cached, or is written over xhat in place.

## Fix
dgamma = (dy * xhat).sum(axis=0).

## Hidden when
Every weight is 1 and every bias 0, as after the usual initialisation.

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
    return site.with_parameters({"weight": (site.upstream * site.output).sum(axis=over)})


FAULT = Fault(
    code="BNM12",
    slug="weight-gradient-of-the-output",
    title="batch norm's weight gradient is made with the output instead of the normalised xhat",
    family="batch norm",
    doc=__doc__,
    wrong="dgamma = (dy * y).sum(axis=0)",
    right="dgamma = (dy * xhat).sum(axis=0)",
    inject=inject,
    repairs=("replace-name",),
)
