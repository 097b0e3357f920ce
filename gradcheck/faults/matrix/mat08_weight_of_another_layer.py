"""The delta goes back through the weight of another layer.

## Rule
The way back is the way that the forward pass took.

    Z2 = A1 @ W2
    dL/dA1 = dL/dZ2 @ W2.T

## Symptom
All layers below are wrong; the layer's own gradients are right. Only a layer of the same shape
can be confused without an error.

## Cause
An index off by one, or a copied line: the weight *into* the layer below in place of the one
out of it.

## Fix
Use the weight that the forward pass used between the two layers.

## Hidden when
Both weights are equal.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import alike, passes_on, through
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    return [other.node for other in alike(site)] if passes_on(site) else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    weight = site.around.sites[site.choice].parameters["weight"]
    return site.with_first(through(site, weight))


FAULT = Fault(
    code="MAT08",
    slug="weight-of-another-layer",
    title="the delta goes back through another layer's weight",
    family="matrix products",
    doc=__doc__,
    wrong="dA1 = dZ2 @ W1.T",
    right="dA1 = dZ2 @ W2.T",
    choices=choices,
    inject=inject,
    repairs=("change-index", "replace-name"),
)
