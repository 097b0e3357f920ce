"""The gradient passes a log-softmax unchanged, without the term that all classes share.

## Rule
Raising one logit lowers all other log-probabilities.

    l = z - log(sum_j exp(z_j))
    dL/dz = dl - softmax(z) sum_j dl_j     # dl is dL/dl

## Symptom
All gradients are wrong, from the last layer inwards. With a negative log-likelihood only the
true classes get a gradient, -1 whatever the prediction is, and it never vanishes.

## Cause
The logarithm's normaliser is taken for a constant.

## Fix
Subtract exp(l) times the sum of the row.

## Hidden when
Each row of the upstream gradient adds up to zero.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), equation 6.30; seen in
https://github.com/mlpack/mlpack/pull/2364 and https://github.com/mlpack/mlpack/pull/3469.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "log_softmax":
        return None
    return site.with_first(site.upstream)


FAULT = Fault(
    code="LOS22",
    slug="log-softmax-skipped",
    title="the log-softmax's backward pass lacks the softmax's share",
    family="losses",
    doc=__doc__,
    wrong="dz = dl",
    right="dz = dl - np.exp(l) * dl.sum(axis=-1, keepdims=True)",
    inject=inject,
)
