"""The delta goes back through the weight's gradient in place of the weight.

## Rule
What carried the input forward carries the delta back.

    Z = A @ W
    dL/dA = dL/dZ @ W.T, and not dL/dZ @ (dL/dW).T

## Symptom
All layers below are wrong, and usually far too small; the layer's own gradients are right.

## Cause
dW and W stand side by side and differ in a letter.

## Fix
Use the weight, W for dW.

## Hidden when
The gradient equals the weight, or no layer lies below.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; asked about in
https://github.com/jcjohnson/pytorch-examples/issues/28, of code that is right.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import passes_on, through
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not passes_on(site):
        return None
    return site.with_first(through(site, site.gradients.parameters["weight"]))


FAULT = Fault(
    code="MAT09",
    slug="gradient-for-weight",
    title="the delta goes back through the weight's gradient, not through the weight",
    family="matrix products",
    doc=__doc__,
    wrong="dA = dZ @ dW.T",
    right="dA = dZ @ W.T",
    inject=inject,
    repairs=("replace-name",),
)
