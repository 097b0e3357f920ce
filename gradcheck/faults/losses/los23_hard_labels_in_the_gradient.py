"""The labels are smoothed in the loss only; the gradient is that of the hard ones.

## Rule
Whatever the loss compares with is what the gradient subtracts.

    q = (1 - e) y + e / k
    L = -sum(q log(p))
    dL/dz = p - q, and not p - y

## Symptom
All gradients are wrong, from the last layer inwards. They are off by a little that is the same
for all samples: e (y - 1/k).

## Cause
Smoothing was added to the function that computes the loss.

## Fix
Smooth the labels once, before both passes.

## Hidden when
e is 0.

## Sources
Szegedy et al., *Rethinking the Inception Architecture for Computer Vision* (2016), section 7.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import labels, relabelled
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not site.options.get("label_smoothing"):
        return None
    return relabelled(site, labels(site), label_smoothing=0.0)


FAULT = Fault(
    code="LOS23",
    slug="hard-labels-in-the-gradient",
    title="the loss has smoothed labels, its gradient the hard ones",
    family="losses",
    doc=__doc__,
    wrong="delta = p - y",
    right="delta = p - ((1 - e) * y + e / k)",
    inject=inject,
    repairs=("replace-name",),
)
