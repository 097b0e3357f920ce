"""For negative z, the delta of a leaky ReLU is its slope itself, not the slope times what arrives.

## Rule
The slope is a factor like any other derivative.

    a = s z for z < 0
    dL/dz = s * dL/da

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. Units and samples with z < 0 get one and the same number, whatever the loss
says.

## Cause
`grad[z < 0] = s` for `grad[z < 0] *= s`.

## Fix
Multiply what arrives by s.

## Hidden when
Every z is positive.

## Sources
Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models* (2013),
section 2; seen in https://github.com/SilasMarvin/dnns-from-scratch-in-zig/issues/5.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.name != "leaky_relu":
        return None
    return site.with_first(
        np.where(site.inputs[0] > 0, site.upstream, site.options["negative_slope"])
    )


FAULT = Fault(
    code="ACT16",
    slug="leaky-slope-assigned",
    title="a leaky ReLU's slope is assigned where it should be multiplied",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = np.where(Z1 > 0, dA1, s)",
    right="dZ1 = np.where(Z1 > 0, dA1, s * dA1)",
    inject=inject,
    repairs=("multiply", "assign-to-accumulate"),
)
