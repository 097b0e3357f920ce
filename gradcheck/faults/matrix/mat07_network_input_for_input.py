"""The gradient of a deeper layer's weight holds the network's input.

## Rule
Only the first layer is given the network's input.

    Z1 = X @ W1, Z2 = A1 @ W2
    dL/dW1 = X.T @ delta1
    dL/dW2 = A1.T @ delta2

## Symptom
The gradient of one weight is wrong; its bias and all other layers are right. It runs only
where the layer below is as wide as the network's input.

## Cause
The line was copied from the first layer.

## Fix
Use the activation of the layer below.

## Hidden when
The network has one layer.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP4; seen in
https://github.com/ralampay/ann/pull/22.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import LINEAR, weight_from
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    # A layer that is used for two inputs may confuse their caches: CCH04.
    if site.op.name not in LINEAR or "weight" in site.shared:
        return []
    losses = (s for s in site.around.sites.values() if s.op.kind == "loss")
    others = {*site.sources, *(name for loss in losses for name in loss.sources[1:])}
    shape = site.inputs[0].shape
    return [k for k, x in site.around.data.items() if x.shape == shape and k not in others]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    return site.with_parameters({"weight": weight_from(site, site.around.data[site.choice])})


FAULT = Fault(
    code="MAT07",
    slug="network-input-for-input",
    title="the gradient of a deeper layer's weight holds the network's input",
    family="matrix products",
    doc=__doc__,
    wrong="dW2 = X.T @ dZ2",
    right="dW2 = A1.T @ dZ2",
    choices=choices,
    inject=inject,
    repairs=("replace-name",),
)
