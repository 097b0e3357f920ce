"""The regulariser's gradient is one number, the sum over the whole weight, added to each entry.

## Rule
Each entry of W is pulled by its own size only.

    d(lam / 2 * sum_kl w_kl**2)/dw_ij = lam * w_ij
    # and not lam * sum_kl w_kl

## Symptom
Claimed and true gradient of a weight differ by lam times (its sum, less itself): a constant but
for the weight.

## Cause
The sum of the loss's penalty was kept when the square was differentiated.

## Fix
lam * W, without a sum.

## Hidden when
The strength is 0, or the weight has one entry.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1; seen in
https://github.com/omar-florez/scratch_mlp/issues/5.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.kind != "regularizer" or right is None or right.size == 1:
        return None
    return site.with_inputs(np.full_like(right, right.sum()))


FAULT = Fault(
    code="REG07",
    slug="decay-summed",
    title="the sum of all weights is added to every entry of the gradient",
    family="regularisation",
    doc=__doc__,
    wrong="dW = X.T @ delta + lam * np.sum(W)",
    right="dW = X.T @ delta + lam * W",
    inject=inject,
    repairs=("drop-call",),
)
