"""A dot product adds up the hidden units where each should keep its own value.

## Rule
Each unit has a delta of its own; sums run over the units of the layer behind it.

    a_j = s(z_j)
    dL/dz_j = dL/da_j * s'(z_j)
    dL/da_j = delta * w_j

## Symptom
All units of a hidden layer get one and the same delta, the sum of the true ones. The gradients
of that layer and of all nearer the input are wrong, with equal entries in its bias's; those
behind it are right.

## Cause
For one sample, what arrives through the weights and the activation's derivative are vectors
over the units, and the chain rule multiplies them entry by entry. A dot product makes one
number of them, which broadcasting hands to every unit without a complaint.

## Fix
Use the entrywise product, *, between the derivative and what came through the weights; dot
products are for sums over the units of the layer *behind*.

## Hidden when
The layer has one unit.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), section "The Hadamard product"; seen in
the accepted answer to a question on a network with one hidden layer,
`delta * np.dot(sigmoid_deriv(z), w) * x`.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.kind != "activation" or site.op.slope is None or not site.hidden:
        return None
    if site.upstream.shape[-1] == 1:
        return None
    each = site.upstream * site.op.slope(site.inputs[0], **site.options)
    total = each.sum(axis=-1, keepdims=True)
    return site.with_inputs(np.repeat(total, each.shape[-1], axis=-1))


FAULT = Fault(
    code="MAT15",
    slug="units-summed",
    title="a dot product sums over the hidden units where an entrywise product belongs",
    family="matrix products",
    doc=__doc__,
    wrong="hidden = delta * np.dot(sigmoid_prime(z), w)",
    right="hidden = delta * sigmoid_prime(z) * w",
    inject=inject,
    repairs=("dot-to-product",),
)
