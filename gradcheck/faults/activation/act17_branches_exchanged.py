"""A ReLU, plain or leaky, lets the gradient pass on the wrong side.

## Rule
The gradient passes where the unit is active.

    a = z for z > 0, else s z         # s = 0 for the plain one
    a' = 1 for z > 0, else s

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. Only units that are off get a gradient, or the full one; their own incoming
weights can't help the loss.

## Cause
The comparison points the wrong way, or the two arguments of a `where` are exchanged.

## Fix
Turn the comparison round.

## Hidden when
The slope is 1.

## Sources
Nair and Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines* (2010); seen in
https://github.com/BrainJS/brain.js/issues/560.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.name not in ("relu", "leaky_relu"):
        return None
    slope = site.options.get("negative_slope", 0.0)
    if slope == 1:
        return None
    return site.with_first(np.where(site.inputs[0] > 0, slope, 1.0) * site.upstream)


FAULT = Fault(
    code="ACT17",
    slug="branches-exchanged",
    title="the two branches of a ReLU's derivative are exchanged",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * (Z1 < 0)",
    right="dZ1 = dA1 * (Z1 > 0)",
    inject=inject,
    repairs=("swap-operands", "negate"),
)
