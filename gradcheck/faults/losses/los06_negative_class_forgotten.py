"""The gradient of the binary cross-entropy lacks the term of the samples with y = 0.

## Rule
Both terms of the loss have a derivative.

    L = -y log(p) - (1 - y) log(1 - p)
    dL/dp = -y / p + (1 - y) / (1 - p)

## Symptom
All gradients are wrong, from the last layer inwards. Samples with y = 1 are right, those with y
= 0 have no gradient; the bias drifts to yes.

## Cause
-y / p is taken over from the cross-entropy of several classes, where it is complete.

## Fix
Add (1 - y) / (1 - p); by the logit, both together are p - y.

## Hidden when
All labels are 1.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.90 and 4.91.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import probability, weighted
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "binary_cross_entropy":
        return None
    p, y = probability(site), site.inputs[1]
    return weighted(site, -y * (1 - p) if site.options["from"] == "logits" else -y / p)


FAULT = Fault(
    code="LOS06",
    slug="negative-class-forgotten",
    title="the binary cross-entropy's term for the negative class is missing",
    family="losses",
    doc=__doc__,
    wrong="dp = -y / p",
    right="dp = -y / p + (1 - y) / (1 - p)",
    inject=inject,
)
