"""The loss hands p - y to the sigmoid's backward pass as if it were the derivative by p.

## Rule
p - y is the derivative by the logit, with the sigmoid's share in it.

    dL/dp = (p - y) / (p (1 - p))
    dL/dz = dL/dp * p (1 - p) = p - y

## Symptom
All gradients are wrong, from the last layer inwards. The sigmoid's derivative, a factor of at
most 1/4, is in them twice.

## Cause
The short delta stands in the loss, and the sigmoid is a layer of its own with its own backward
pass.

## Fix
(p - y) / (p (1 - p)) in the loss; or skip the sigmoid's backward pass.

## Hidden when
Loss and sigmoid are one, so that nothing multiplies again. With logits it is LOS01.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.88 and 4.91; seen in
https://github.com/tf-encrypted/tf-encrypted/pull/727.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import takes
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right, p = site.gradients.inputs[0], site.inputs[0]
    if right is None or not takes(site, "binary_cross_entropy", "probabilities"):
        return None
    return site.with_first(right * p * (1 - p))


FAULT = Fault(
    code="LOS05",
    slug="residual-for-the-derivative-by-p",
    title="the cross-entropy's derivative by p is taken to be p - y",
    family="losses",
    doc=__doc__,
    wrong="dp = p - y; dz = dp * p * (1 - p)",
    right="dp = (p - y) / (p * (1 - p)); dz = dp * p * (1 - p)",
    inject=inject,
    repairs=("divide", "drop-factor"),
)
