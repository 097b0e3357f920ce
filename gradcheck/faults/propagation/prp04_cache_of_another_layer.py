"""A layer's backward pass is given the cache of another layer.

## Rule
What the forward pass kept for a layer, its input and its weight, is for that layer.

    caches[l] = (A_(l-1), W_l)
    dW_l = A_(l-1).T @ delta_l
    dA_(l-1) = delta_l @ W_l.T

## Symptom
A weight's gradient and all layers below it are wrong; its bias is right. It runs only where two
layers have the same shape.

## Cause
An index off by one, often because the list of activations starts with the input and that of the
weights does not.

## Fix
Take each layer's own entry; zip the lists rather than count.

## Hidden when
All layers hold the same.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), chapter 2, `backprop`, with its negative
indices; seen in https://github.com/jeffheaton/encog-java-core/issues/243. With the input alone it
is MAT06 or MAT07, with the weight alone MAT08, with the pre-activation ACT13.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def _like(site: Site, other: Site) -> bool:
    """Tell whether another layer is made like this one, of other parameters."""
    shapes = [{k: v.shape for k, v in s.parameters.items()} for s in (site, other)]
    same = site.op.name == other.op.name and site.options == other.options
    inputs = [tuple(x.shape for x in s.inputs) for s in (site, other)]
    return same and shapes[0] == shapes[1] and inputs[0] == inputs[1] and site.names != other.names


def choices(site: Site) -> list[str]:
    if not site.parameters or site.before is None:
        return []
    return [name for name, other in site.around.sites.items() if _like(site, other)]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    return site.op.backward(site.upstream, site.around.sites[site.choice].cache)


FAULT = Fault(
    code="PRP04",
    slug="cache-of-another-layer",
    title="a layer goes back with the input and the weight of another layer",
    family="propagation",
    doc=__doc__,
    wrong="dA, dW, db = backward(dZ, caches[l - 1])",
    right="dA, dW, db = backward(dZ, caches[l])",
    choices=choices,
    inject=inject,
    repairs=("change-index",),
)
