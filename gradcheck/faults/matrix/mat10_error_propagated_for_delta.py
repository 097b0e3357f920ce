"""What arrives at an activation goes further back without the activation's derivative.

## Rule
The weight carries back the delta, the gradient of the pre-activation.

    A2 = s(Z2), Z2 = A1 @ W2
    delta2 = dL/dA2 * s'(Z2)
    dL/dA1 = delta2 @ W2.T

## Symptom
All layers below are wrong; the gradients of the layer under the activation are right, since its
own delta has the derivative.

## Cause
The error is handed back through the layers, and each delta is made of it on the side, as some
introductions draw it.

## Fix
Hand back the delta.

## Hidden when
The activation is linear, or no layer lies below.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2. Without the derivative in
both places it is ACT01.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import activated, passes_on
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    above = activated(site)
    if not passes_on(site) or above is None or above.op.name == "identity":
        return None
    return site.with_inputs(*site.op.backward(above.upstream, site.cache).inputs)


FAULT = Fault(
    code="MAT10",
    slug="error-propagated-for-delta",
    title="the error is carried back without the derivative that the layer's own delta has",
    family="matrix products",
    doc=__doc__,
    wrong="dA1 = dA2 @ W2.T",
    right="dA1 = (dA2 * sigmoid_prime(Z2)) @ W2.T",
    inject=inject,
    repairs=("replace-name", "append-derivative"),
)
