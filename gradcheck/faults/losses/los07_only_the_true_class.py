"""The gradient is kept for the true class alone; all other logits get none.

## Rule
Every logit is in the softmax's denominator.

    L = log(sum_j exp(z_j)) - z_c
    dL/dz_j = p_j - 1[j = c]

## Symptom
All gradients are wrong, from the last layer inwards. The last layer's columns of wrong classes
learn only from samples of their own class.

## Cause
delta[range(m), y] = p[range(m), y] - 1 on an array of zeros, not on a copy of p.

## Fix
delta = p.copy(); delta[range(m), y] -= 1.

## Hidden when
There is one class.

## Sources
Stanford CS231n, *Putting it together: Minimal Neural Network Case Study* (course notes).
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import labels, takes
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if right is None or not takes(site, "cross_entropy", "logits"):
        return None
    if site.inputs[1].ndim == right.ndim:
        return None
    return site.with_first(right * labels(site))


FAULT = Fault(
    code="LOS07",
    slug="only-the-true-class",
    title="only the true class's logit gets a gradient",
    family="losses",
    doc=__doc__,
    wrong="delta = (p - y) * y",
    right="delta = p - y",
    inject=inject,
    repairs=("drop-factor",),
)
