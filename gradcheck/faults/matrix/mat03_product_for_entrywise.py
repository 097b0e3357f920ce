"""A matrix product stands where the derivative is to be multiplied entry by entry.

## Rule
An activation acts on each entry alone, and so does its derivative.

    a_nj = s(z_nj)
    dL/dz_nj = dL/da_nj * s'(z_nj)
    dL/dZ = dL/dA * s'(Z)

## Symptom
The layer under the activation and all layers nearer the input are wrong. It runs only where the
layer has as many units as the batch has samples.

## Cause
np.dot or @ for *, or * of np.matrix, which is the matrix product.

## Fix
Multiply entry by entry.

## Hidden when
One unit and one sample.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), section "The Hadamard product"; seen in
https://community.deeplearning.ai/t/graded-function-backward-propagation/110003.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import as_long_as_wide
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.slope is None or not as_long_as_wide(site.upstream):
        return None
    return site.with_first(site.upstream @ site.op.slope(site.inputs[0], **site.options))


FAULT = Fault(
    code="MAT03",
    slug="product-for-entrywise",
    title="the activation's derivative is multiplied as a matrix, not entry by entry",
    family="matrix products",
    doc=__doc__,
    wrong="dZ = dA @ sigmoid_prime(Z)",
    right="dZ = dA * sigmoid_prime(Z)",
    inject=inject,
    repairs=("dot-to-product",),
)
