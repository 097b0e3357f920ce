"""The softmax is given the derivative of a sigmoid, and loses all that is off the diagonal.

## Rule
Raising one entry lowers all others, as they add up to 1.

    p = softmax(z)
    dp_i/dz_j = p_i (1[i = j] - p_j)
    dL/dz = p * (dp - sum_j dp_j p_j)      # dp is dL/dp

## Symptom
The layers under the softmax are wrong, those behind it right. The delta of a row no longer adds
up to zero, which a softmax's always does.

## Cause
p (1 - p) is the diagonal of the Jacobian, and looks like the sigmoid's rule.

## Fix
p * (dp - (dp * p).sum(axis=-1, keepdims=True)); or p - y at once, together with the
cross-entropy.

## Hidden when
One class.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3; seen in
https://github.com/deeplearning4j/libnd4j/issues/440,
https://github.com/HomericIntelligence/Odyssey/issues/2134 and
https://github.com/jorgenkg/python-neural-network/pull/6.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "softmax":
        return None
    p = site.output
    return site.with_first(site.upstream * p * (1 - p))


FAULT = Fault(
    code="SMX01",
    slug="softmax-diagonal",
    title="the softmax is differentiated entry by entry, p (1 - p)",
    family="softmax",
    doc=__doc__,
    wrong="dz = dp * p * (1 - p)",
    right="dz = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    inject=inject,
)
