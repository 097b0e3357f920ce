"""The activation's derivative is a factor of the delta twice.

## Rule
Each function on the way gives its derivative once.

    A = s(Z)
    dL/dZ = dL/dA * s'(Z)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. With sigmoids they are at least four times too small, more so in saturated
units.

## Cause
One line applies it to the gradient that comes in, another to the one that goes out.

## Fix
Take one of the two out.

## Hidden when
The derivative is 0 or 1, as a ReLU's.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2. At a sigmoid before a binary
cross-entropy it is the same as LOS05.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.kind != "activation" or site.op.slope is None:
        return None
    slope = site.op.slope(site.inputs[0], **site.options)
    at_loss = any(taker.op.name == "binary_cross_entropy" for taker in site.after)
    if at_loss or np.array_equal(slope, slope**2):
        return None
    return site.with_first(site.upstream * slope**2)


FAULT = Fault(
    code="ACT11",
    slug="derivative-twice",
    title="the activation's derivative is applied twice",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * sigmoid_prime(Z1) * sigmoid_prime(Z1)",
    right="dZ1 = dA1 * sigmoid_prime(Z1)",
    inject=inject,
    repairs=("drop-factor", "drop-call", "drop-square"),
)
