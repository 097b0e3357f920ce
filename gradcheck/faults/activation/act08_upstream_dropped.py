"""The delta is the activation's derivative alone; what arrived from the loss is dropped.

## Rule
A derivative is a factor on the way from the loss, not the start of one.

    A = s(Z)
    dL/dZ = dL/dA * s'(Z)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. They do not depend on the targets at all, and have no 1/m.

## Cause
`grad = ...` for `grad *= ...`, or an argument of the backward function that is never used.

## Fix
Multiply by the gradient that arrives.

## Hidden when
The upstream gradient is 1 everywhere.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; seen in
https://github.com/haifengl/smile/issues/528 and
https://github.com/yizt/numpy_neural_network/issues/3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.kind != "activation" or site.op.slope is None:
        return None
    return site.with_first(site.op.slope(site.inputs[0], **site.options))


FAULT = Fault(
    code="ACT08",
    slug="upstream-dropped",
    title="the activation's derivative replaces the upstream gradient",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = sigmoid_prime(Z1)",
    right="dZ1 = dA1 * sigmoid_prime(Z1)",
    inject=inject,
    repairs=("multiply",),
)
