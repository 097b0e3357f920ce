"""The penalty's W**2 is added to the gradient undifferentiated.

## Rule
The power comes down by one.

    L = data + lam / 2 * sum(W**2)
    dL/dW = d(data)/dW + lam * W

## Symptom
Claimed and true gradient of a weight differ by lam (W**2 - W): negative weights are driven away
from zero.

## Cause
The term was copied from the loss.

## Fix
Add lam * W, the derivative of the halved square.

## Hidden when
The strength is 0, or every weight is 0 or 1.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1; seen in
https://github.com/omar-florez/scratch_mlp/issues/5.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.name != "l2" or right is None:
        return None
    return site.with_inputs(right * site.inputs[0])


FAULT = Fault(
    code="REG05",
    slug="decay-squared",
    title="the squared weights are added to the gradient, not the weights",
    family="regularisation",
    doc=__doc__,
    wrong="dW = X.T @ delta + lam * W**2",
    right="dW = X.T @ delta + lam * W",
    inject=inject,
    repairs=("drop-square",),
)
