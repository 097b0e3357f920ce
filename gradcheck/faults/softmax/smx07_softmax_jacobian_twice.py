"""The short form p - y holds the softmax's derivative already, and is sent through it once more.

## Rule
The short form is the product of both derivatives.

    dL/dp = -y / p
    dL/dz = J(p) @ dL/dp = p - y      # and not J(p) @ (p - y)

## Symptom
All gradients are wrong and too small, vanishing on samples of which the network is sure,
rightly or wrongly.

## Cause
The loss returns p - y, and the softmax layer does its own backward pass on top.

## Fix
Either the short form and no softmax layer's backward pass, or -y / p and that.

## Hidden when
Never.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.106 and 4.109; seen in
https://github.com/pocketpy/cTensor/pull/31. The same as the halved squared error's gradient
through a softmax, LOS03's next of kin.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import probability, targets, through_softmax, weighted
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "cross_entropy":
        return None
    p = probability(site)
    if site.options["from"] == "logits":
        return weighted(site, through_softmax(p, p - targets(site)))
    fed = site.before is not None and site.before.op.name == "softmax"
    return weighted(site, p - targets(site)) if fed else None


FAULT = Fault(
    code="SMX07",
    slug="softmax-jacobian-twice",
    title="p - y is multiplied by the softmax's Jacobian again",
    family="softmax",
    doc=__doc__,
    wrong="dz = softmax_backward(p, p - y)",
    right="dz = p - y",
    inject=inject,
    repairs=("drop-call", "drop-factor"),
)
