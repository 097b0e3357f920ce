"""The delta of a cross-entropy, p - y, gets the sigmoid's or softmax's derivative again.

## Rule
The logarithm's derivative cancels the sigmoid's.

    dL/dp = (p - y) / (p (1 - p)),   dp/dz = p (1 - p)
    dL/dz = p - y

## Symptom
All gradients are wrong, from the last layer inwards. Samples of which the network is sure count
for less, even where it is wrong, so it learns slowly just there.

## Cause
A habit from the squared error, whose delta does have that factor.

## Fix
Take p (1 - p) out of the first delta.

## Hidden when
p (1 - p) is the same for all samples and outputs.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.91 and 4.109; reported in
https://github.com/PacktPublishing/Python-Deep-Learning-Second-Edition/issues/5.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import probability
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    fused = site.op.name in ("binary_cross_entropy", "cross_entropy")
    if not fused or right is None or site.options["from"] != "logits":
        return None
    p = probability(site)
    return site.with_first(right * p * (1 - p))


FAULT = Fault(
    code="LOS01",
    slug="residual-times-slope",
    title="the delta p - y of a cross-entropy is multiplied by p (1 - p) as well",
    family="losses",
    doc=__doc__,
    wrong="delta = (p - y) * p * (1 - p)",
    right="delta = p - y",
    inject=inject,
    repairs=("drop-factor", "drop-call"),
)
