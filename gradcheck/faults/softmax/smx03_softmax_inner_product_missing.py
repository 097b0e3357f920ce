"""The softmax's derivative lacks the term that all classes share.

## Rule
Raising one entry lowers all others, as they add up to 1.

    p = softmax(z)
    dp_i/dz_j = p_i (1[i = j] - p_j)
    dL/dz = p * (dp - sum_j dp_j p_j)      # dp is dL/dp

## Symptom
The layers under the softmax are wrong, those behind it right; the delta of a row does not add
up to zero.

## Cause
The sum over the classes was left out, or set to zero as in a table of elementwise rules.

## Fix
Subtract (dp * p).sum(axis=-1, keepdims=True) from dp first.

## Hidden when
The inner product of p and dp is zero in every row.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3; seen, not as clearly,
in https://github.com/wkcn/mobula/issues/3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "softmax":
        return None
    return site.with_first(site.upstream * site.output)


FAULT = Fault(
    code="SMX03",
    slug="softmax-inner-product-missing",
    title="the softmax's inner product is missing: p dp alone",
    family="softmax",
    doc=__doc__,
    wrong="dz = p * dp",
    right="dz = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    inject=inject,
)
