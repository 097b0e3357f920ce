"""The regulariser is subtracted from a weight's gradient.

## Rule
The penalty rises with the size of the weight, and so pulls it towards zero.

    L = data + lam / 2 * sum(W**2)
    dL/dW = d(data)/dW + lam * W

## Symptom
Claimed and true gradient differ by twice the regulariser's share: the weights are driven apart
instead of together.

## Cause
The sign of the update was put into the gradient, or the data term's sign was turned and this
one forgotten.

## Fix
Add the regulariser's share, whatever the data's sign.

## Hidden when
The strength is 0.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1; seen in
https://github.com/andersbll/nnet/issues/4.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.kind != "regularizer" or right is None:
        return None
    return site.with_inputs(-right)


FAULT = Fault(
    code="REG02",
    slug="regulariser-reversed",
    title="the regulariser has the wrong sign in the gradient",
    family="regularisation",
    doc=__doc__,
    wrong="dW = X.T @ delta - lam * W",
    right="dW = X.T @ delta + lam * W",
    inject=inject,
    repairs=("negate",),
)
