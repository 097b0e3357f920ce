"""The activation's derivative is taken at the gradient that arrives, not at the pre-activation.

## Rule
A derivative is taken at the argument that its function was given.

    A = s(Z)
    dL/dZ = dL/dA * s'(Z), and not dL/dA * s'(dL/dA)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. With a ReLU, every negative upstream gradient is cut off, so that units are
only ever pushed down; and units that are off learn.

## Cause
The wrong array in a backward function with two arguments: `grad[grad < 0] = 0`.

## Fix
Take the mask, or the derivative, from z.

## Hidden when
With a ReLU: z and the upstream gradient have the same sign everywhere.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; seen in
https://github.com/yizt/numpy_neural_network/issues/6. It is done on purpose to show what a
network looks for: Zeiler and Fergus, *Visualizing and Understanding Convolutional Networks*
(2014), section 2.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.kind != "activation" or site.op.slope is None or site.op.name == "identity":
        return None
    return site.with_first(site.upstream * site.op.slope(site.upstream, **site.options))


FAULT = Fault(
    code="ACT09",
    slug="derivative-at-upstream",
    title="the derivative is evaluated at the upstream gradient",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * (dA1 > 0)",
    right="dZ1 = dA1 * (Z1 > 0)",
    inject=inject,
    repairs=("replace-name",),
)
