"""The loss has a regulariser, and one weight's gradient does not.

## Rule
A sum's derivative has a term for each of its terms.

    L = data + lam / 2 * sum(W**2)
    dL/dW = d(data)/dW + lam * W

## Symptom
Claimed and true gradient of a weight differ by a multiple of the weight itself (of its signs,
for l1); biases are right.

## Cause
The regulariser was added to the loss for printing, or to all layers but one.

## Fix
Add lam * W to the weight's gradient.

## Hidden when
The strength is 0, or the weight is.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1;
http://www.ashukumar27.io/gradient-checking/ warns of it.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.kind != "regularizer":
        return None
    return site.with_inputs(np.zeros_like(site.inputs[0]))


FAULT = Fault(
    code="REG01",
    slug="regulariser-missing",
    title="the regulariser is in the loss but not in the gradient",
    family="regularisation",
    doc=__doc__,
    wrong="dW = X.T @ delta",
    right="dW = X.T @ delta + lam * W",
    inject=inject,
)
