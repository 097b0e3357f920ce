"""The gradient that goes to the largest element is multiplied by that element.

## Rule
The maximum follows its largest element one to one.

    y = x_k
    dL/dx_k = dL/dy * 1, not dL/dy * x_k

## Symptom
Layers below the pooling have wrong gradients. With inputs around 1 they look almost right, and
with negative maxima they change sign.

## Cause
The mask is not made of ones, but is what the mask has let through: X * mask.

## Fix
Multiply by the mask, 0 or 1.

## Hidden when
Every maximum is 1. Under a ReLU, leaky or not, it is the same gradient as ACT04; only the text
can tell.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.3.
"""

from dataclasses import replace

from gradcheck.fault import Fault, Site
from gradcheck.faults.pooling._pooling import Pool
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "max_pool2d":
        return None
    return Pool(replace(site, upstream=site.upstream * site.output)).gradients()


FAULT = Fault(
    code="POL04",
    slug="multiplied-by-the-maximum",
    title="a max pooling multiplies its gradient by the largest value itself",
    family="pooling",
    doc=__doc__,
    wrong="dX[window] += X[window] * mask * dY[p]",
    right="dX[window] += mask * dY[p]",
    inject=inject,
    repairs=("drop-factor",),
)
