"""A leaky ReLU is differentiated as if it were a plain one.

## Rule
On the negative side the line has a slope, small but not zero.

    a = z for z > 0, else s z
    a' = 1 for z > 0, else s

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. Only units and samples with z < 0 are concerned, so with a slope of 0.01
the gradient is off by little.

## Cause
The derivative of the plain ReLU was kept when the forward pass became leaky.

## Fix
Multiply by s where z < 0.

## Hidden when
Every z is positive, or s is 0.

## Sources
Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models* (2013),
section 2; seen in https://github.com/deeplearning4j/deeplearning4j/issues/8178.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.name != "leaky_relu" or site.options["negative_slope"] == 0:
        return None
    return site.with_first(np.where(site.inputs[0] > 0, site.upstream, 0))


FAULT = Fault(
    code="ACT15",
    slug="leaky-slope-dropped",
    title="the slope for negative z is zero in the backward pass of a leaky ReLU",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * (Z1 > 0)",
    right="dZ1 = dA1 * np.where(Z1 > 0, 1, s)",
    inject=inject,
    repairs=("replace-name",),
)
