"""Of a self-gated activation, z times a gate, only the gate is left as its derivative.

## Rule
Both factors depend on z.

    a = z g(z)
    a' = g(z) + z g'(z)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. The derivative is the gate alone: near z = 0 it is right, elsewhere off by
up to a quarter.

## Cause
The gate is taken for a constant, as it is where a mask multiplies.

## Fix
Add z g'(z): z * s * (1 - s) for SiLU, z * density(z) for GELU.

## Hidden when
z is 0, or so large that the gate is shut or wide open.

## Sources
Hendrycks and Gimpel, *Gaussian Error Linear Units (GELUs)* (2016), section 2; Ramachandran,
Zoph and Le, *Searching for Activation Functions* (2017), section 4; seen, not as clearly, in
https://github.com/sony/nnabla/pull/690.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

GATED = ("silu", "gelu", "gelu_tanh", "mish")
"""Activations of the form z g(z)."""


def inject(site: Site) -> Gradients | None:
    if site.op.name not in GATED or site.op.slope is None:
        return None
    z = site.inputs[0]
    gate = site.output / np.where(z == 0, 1, z)
    return site.with_first(site.upstream * np.where(z == 0, site.slope_at(z), gate))


FAULT = Fault(
    code="ACT20",
    slug="product-rule-half",
    title="the product rule's second term is missing: z g(z) is differentiated as g(z)",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * expit(Z1)              # A1 = Z1 * expit(Z1)",
    right="dZ1 = dA1 * (expit(Z1) + Z1 * expit(Z1) * (1 - expit(Z1)))",
    inject=inject,
    repairs=("append-derivative",),
)
