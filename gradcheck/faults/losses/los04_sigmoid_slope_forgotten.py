"""The derivative of the binary cross-entropy by the probability is used as that by the logit.

## Rule
From p to z there is the sigmoid still to pass.

    dL/dp = (1 - y) / (1 - p) - y / p
    dL/dz = dL/dp * p (1 - p) = p - y

## Symptom
All gradients are wrong, from the last layer inwards. Each sample and output is too large by 1 /
(p (1 - p)), at least fourfold, and much more where p is close to 0 or 1.

## Cause
The sigmoid's derivative is left out, or the loss is thought to hold it.

## Fix
p - y, or multiply by p (1 - p).

## Hidden when
Never, as p (1 - p) is never 1.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.88 and 4.91. With another
loss than the cross-entropy it is ACT22.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import probability
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.name == "sigmoid" and len(site.after) == 1:
        at_loss = site.after[0].op.name == "binary_cross_entropy"
        return site.with_first(site.upstream) if at_loss else None
    if site.op.name != "binary_cross_entropy" or right is None:
        return None
    p = probability(site)
    return site.with_first(right / (p * (1 - p))) if site.options["from"] == "logits" else None


FAULT = Fault(
    code="LOS04",
    slug="sigmoid-slope-forgotten",
    title="the cross-entropy's derivative by p is passed on as that by the logit",
    family="losses",
    doc=__doc__,
    wrong="dZ = (1 - y) / (1 - p) - y / p",
    right="dZ = p - y",
    inject=inject,
    repairs=("append-derivative", "multiply"),
)
