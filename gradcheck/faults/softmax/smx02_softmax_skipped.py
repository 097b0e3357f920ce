"""The backward pass of a softmax hands on what it gets, as if it were the identity.

## Rule
Raising one entry lowers all others, as they add up to 1.

    p = softmax(z)
    dp_i/dz_j = p_i (1[i = j] - p_j)
    dL/dz = p * (dp - sum_j dp_j p_j)      # dp is dL/dp

## Symptom
The layers under the softmax are wrong, those behind it right.

## Cause
Where softmax and cross-entropy are one, the delta p - y is final; kept as a layer before
another loss, the softmax needs its own rule.

## Fix
p * (dp - (dp * p).sum(axis=-1, keepdims=True)).

## Hidden when
Never; only where the loss has p - y built in is there nothing left to do.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3; seen in
https://github.com/pjreddie/darknet/pull/96.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "softmax":
        return None
    return site.with_first(site.upstream)


FAULT = Fault(
    code="SMX02",
    slug="softmax-skipped",
    title="the gradient passes the softmax unchanged",
    family="softmax",
    doc=__doc__,
    wrong="dz = dp",
    right="dz = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    inject=inject,
    repairs=("append-derivative",),
)
