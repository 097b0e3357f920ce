"""A weight's gradient holds the pre-activation below where the activation belongs.

## Rule
A weight multiplies what the layer was given, which is activated.

    Z2 = A1 @ W2, A1 = s(Z1)
    dL/dW2 = A1.T @ delta2

## Symptom
The gradient of one weight is wrong; its bias and all other layers are right.

## Cause
Z and A of the layer below are kept side by side, and the wrong one is read.

## Fix
Use the activation of the layer below.

## Hidden when
The layer below is linear, or a ReLU of which every unit is on.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP4; seen in
https://github.com/maziarraissi/backprop/issues/1.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import LINEAR, weight_from
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    below = site.before
    if site.op.name not in LINEAR or below is None or below.op.kind != "activation":
        return None
    if below.op.name == "identity" or below.inputs[0].shape != site.inputs[0].shape:
        return None
    return site.with_parameters({"weight": weight_from(site, below.inputs[0])})


FAULT = Fault(
    code="MAT05",
    slug="preactivation-for-input",
    title="a weight's gradient holds the pre-activation of the layer below",
    family="matrix products",
    doc=__doc__,
    wrong="dW2 = Z1.T @ dZ2",
    right="dW2 = A1.T @ dZ2",
    inject=inject,
    repairs=("replace-name",),
)
