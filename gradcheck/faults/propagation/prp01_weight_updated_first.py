"""A weight is updated before the delta has gone back through it.

## Rule
All of a gradient is taken at one point; the step comes after.

    dL/dA = dZ @ W.T
    W = W - rate * dW, and only now
    not: dZ @ (W - rate * dW).T

## Symptom
All layers below are slightly wrong, by about the learning rate; the layer's own gradients are
right. With a small rate the training hardly suffers, so that only a check shows it.

## Cause
Backward pass and update share a loop over the layers.

## Fix
Compute all gradients, then update; or keep the old weight until the delta is through.

## Hidden when
The learning rate is tiny, or no layer lies below.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), chapter 1, `update_mini_batch`, which updates
last; seen in https://github.com/VikParuchuri/zero_to_gpt/issues/12,
https://github.com/joelgrus/data-science-from-scratch/issues/31 and
https://github.com/LxMLS/lxmls-guide/issues/115.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import passes_on, through
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not passes_on(site) or "weight" in site.shared:
        return None
    step = site.gradients.parameters["weight"]
    for penalty in site.around.sites.values():
        share = penalty.gradients.inputs[0]
        if share is not None and penalty.sources == (site.names["weight"],):
            step = step + share
    return site.with_first(through(site, site.parameters["weight"] - site.constant * step))


FAULT = Fault(
    code="PRP01",
    slug="weight-updated-first",
    title="a weight is updated before it carries the delta back",
    family="propagation",
    doc=__doc__,
    wrong="W2 -= rate * dW2; dA1 = dZ2 @ W2.T",
    right="dA1 = dZ2 @ W2.T; W2 -= rate * dW2",
    inject=inject,
    constant=0.1,
    repairs=("move-statement",),
)
