"""The softmax's inner product runs over the batch.

## Rule
Raising one entry lowers all others, as they add up to 1.

    p = softmax(z)
    dp_i/dz_j = p_i (1[i = j] - p_j)
    dL/dz = p * (dp - sum_j dp_j p_j)      # dp is dL/dp

## Symptom
The layers under the softmax are wrong; a sample's gradient changes with the other samples of
the batch.

## Cause
axis=0, or no keepdims so that NumPy sums and spreads along the wrong axis.

## Fix
Sum along the classes: axis=-1, keepdims=True.

## Hidden when
One sample with one class.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3; seen in
https://github.com/PrincetonUniversity/PsyNeuLink/pull/2539.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "softmax":
        return None
    p = site.output
    return site.with_first(p * (site.upstream - (site.upstream * p).sum(axis=0)))


FAULT = Fault(
    code="SMX04",
    slug="softmax-inner-product-over-batch",
    title="the softmax's inner product is summed over the samples, not the classes",
    family="softmax",
    doc=__doc__,
    wrong="dz = p * (dp - (dp * p).sum(axis=0))",
    right="dz = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    inject=inject,
    repairs=("change-axis",),
)
