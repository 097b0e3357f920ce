"""A bias, or another parameter that the loss does not penalise, is regularised in the gradient.

## Rule
What is not in the penalty has no share of it.

    L = data + lam / 2 * sum(W**2)        # W alone
    dL/db = d(data)/db

## Symptom
The gradient of a bias is off by a multiple of the bias; where it starts at zero, as is usual, a
check there sees nothing.

## Cause
One loop adds lam * p to the gradient of every parameter p, biases among them.

## Fix
Leave it out, or put the parameter into the loss's penalty.

## Hidden when
The bias is 0, as it is at first, or the strength is.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1, which leaves biases
unregularised.
"""

from gradcheck.fault import Decay, Fault, Site
from gradcheck.op import Gradients


def _missing(site: Site) -> dict[str, Decay]:
    """Return the regularisers, by name, that others pay and the target does not."""
    if site.target is None:
        return {}
    own, decays = site.names[site.target], site.around.decays
    paid = {decay.op.name for decay in decays if own in decay.parameters}
    return {decay.op.name: decay for decay in decays if decay.op.name not in paid}


def choices(site: Site) -> list[str]:
    return list(_missing(site))


def inject(site: Site) -> Gradients | None:
    decay = _missing(site).get(site.choice or "")
    if site.target is None or decay is None or decay.op.slope is None:
        return None
    share = decay.weight * decay.op.slope(site.parameters[site.target])
    right = site.gradients.parameters[site.target]
    return site.with_parameters({site.target: right + share})


FAULT = Fault(
    code="REG08",
    slug="unpenalised-decayed",
    title="a parameter is regularised in the gradient but not in the loss, such as a bias",
    family="regularisation",
    doc=__doc__,
    wrong="db = delta.sum(axis=0) + lam * b",
    right="db = delta.sum(axis=0)",
    each=("weight", "bias"),
    choices=choices,
    inject=inject,
    repairs=("drop-factor",),
)
