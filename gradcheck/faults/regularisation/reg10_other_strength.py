"""The regulariser's strength in the gradient is not the one in the loss.

## Rule
The strength is a factor of the penalty, and of its gradient.

    L = data + lam / 2 * sum(W**2)
    dL/dW = d(data)/dW + lam * W

## Symptom
The regulariser's share of a weight's gradient is off by one factor; the data's share is right.

## Cause
Two variables, or a constant that was changed in one place.

## Fix
Use the same variable in both.

## Hidden when
The weight is 0.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1; seen in
https://github.com/stephencwelch/Neural-Networks-Demystified/issues/15.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.kind != "regularizer" or right is None:
        return None
    return site.with_inputs(right * site.constant)


FAULT = Fault(
    code="REG10",
    slug="other-strength",
    title="the gradient's regularisation strength is another than the loss's",
    family="regularisation",
    doc=__doc__,
    wrong="dW = X.T @ delta + 0.01 * W         # L = ... + lam / 2 * np.sum(W**2)",
    right="dW = X.T @ delta + lam * W",
    inject=inject,
    constant=0.1,
    repairs=("replace-name",),
)
