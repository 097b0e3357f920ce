"""The cross-entropy's derivative by the probabilities is used as that by the logits.

## Rule
From p to z there is the softmax still to pass.

    dL/dp = -y / p
    dL/dz = p * (dL/dp - sum_j p_j dL/dp_j) = p - y

## Symptom
All gradients are wrong, from the last layer inwards. Only the true class gets a gradient, and
it grows without bounds where p is small.

## Cause
The softmax's derivative is left out.

## Fix
Use p - y, which has passed the softmax.

## Hidden when
Never.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.106 and 4.109. With a
softmax of its own as a layer it is SMX02.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import probability, takes, targets, weighted
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not takes(site, "cross_entropy", "logits"):
        return None
    return weighted(site, -targets(site) / probability(site))


FAULT = Fault(
    code="LOS09",
    slug="derivative-by-p-as-delta",
    title="the derivative by the probability, -y / p, is used as that by the logit",
    family="losses",
    doc=__doc__,
    wrong="delta = -y / p",
    right="delta = p - y",
    inject=inject,
    repairs=("replace-name",),
)
