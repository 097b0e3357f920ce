"""The weight carries the delta back as it carried the input forward, without its transpose.

## Rule
What leads from input i to unit j leads back from j to i.

    z_j = sum_i a_i w_ij
    dL/da_i = sum_j w_ij dL/dz_j
    dL/da = dL/dz @ W.T

## Symptom
All layers below are wrong; the layer's own gradients are right. Only a layer with as many units
as inputs lets it pass, since otherwise the shapes don't fit.

## Cause
The line was copied from the forward pass.

## Fix
Transpose the weight on the way back.

## Hidden when
The weight is symmetric, or no layer lies below.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import passes_on, square
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not square(site) or not passes_on(site) or site.output.shape[-1] == 1:
        return None
    return site.with_first(site.upstream @ site.parameters["weight"])


FAULT = Fault(
    code="MAT01",
    slug="weight-not-transposed",
    title="the delta goes back through the weight without its transpose",
    family="matrix products",
    doc=__doc__,
    wrong="dA = dZ @ W",
    right="dA = dZ @ W.T",
    inject=inject,
    repairs=("transpose",),
)
