"""The value of the loss is the cross-entropy, but the gradient that of the squared error of p.

## Rule
A gradient belongs to its own loss.

    L = -sum(y log(p)),   p = softmax(z)
    dL/dz = p - y

## Symptom
All gradients are wrong, from the last layer inwards. They point roughly where the true ones do,
and are small on samples that are surely wrong.

## Cause
The loss was exchanged for printing, while the backward pass kept 2 (p - y) and the softmax's
rule.

## Fix
p - y, without the softmax's rule.

## Hidden when
Never.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.109; seen, not as clearly,
in https://github.com/casper-hansen/Neural-Network-From-Scratch/pull/1. Without the 2 it is
SMX07.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import probability, targets, through_softmax, weighted
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "cross_entropy":
        return None
    p = probability(site)
    slope = 2 * (p - targets(site))
    if site.options["from"] == "logits":
        return weighted(site, through_softmax(p, slope))
    fed = site.before is not None and site.before.op.name == "softmax"
    return weighted(site, slope) if fed else None


FAULT = Fault(
    code="LOS03",
    slug="squared-error-gradient",
    title="the loss is a cross-entropy, its gradient that of the squared error",
    family="losses",
    doc=__doc__,
    wrong="dz = softmax_backward(p, 2 * (p - y))",
    right="dz = p - y",
    inject=inject,
    repairs=("drop-call",),
)
