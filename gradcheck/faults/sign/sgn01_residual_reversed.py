"""The residual is subtracted the wrong way round, and with it every gradient changes its sign.

## Rule
Differentiate by the prediction, and the target comes with the minus.

    L = (yhat - y)**2 / 2 = (y - yhat)**2 / 2
    dL/dyhat = yhat - y
             = -(y - yhat)

## Symptom
Every gradient is the exact opposite of the true one, -1 times it, from the output layer to the
input. The loss rises from the first step of gradient descent. Only a regulariser's share, which
does not pass through the residual, keeps its sign.

## Cause
The code starts the backward pass with the residual as it is often written for the loss itself,
where its sign doesn't matter.

## Fix
Write the prediction first and the target second. If y - yhat is wanted, because the update
*adds* the gradient, then that is ascent on the negative loss and consistent; only the two
together are, never one.

## Hidden when
Never, unless all residuals are zero.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 5.54; the consistent form
with two signs reversed: https://github.com/rasbt/machine-learning-book/issues/141.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    prediction, *others = site.gradients.inputs
    if site.op.kind != "loss" or prediction is None:
        return None
    return site.with_inputs(-prediction, *others)


FAULT = Fault(
    code="SGN01",
    slug="residual-reversed",
    title="the residual is reversed: y - yhat where the gradient of the loss is yhat - y",
    family="sign",
    doc=__doc__,
    wrong="delta = y - yhat",
    right="delta = yhat - y",
    inject=inject,
    repairs=("swap-operands", "negate"),
)
