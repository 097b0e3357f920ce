"""The step goes up the loss: the gradient is added where it should be subtracted.

## Symptom
The loss rises from the first step and soon overflows. The gradient is right, so a check of
gradients has nothing to find.

## Cause
`W += rate * dW`, right for a residual y - yhat, is used with yhat - y.

## Fix
Subtract. The test: with a small rate, one step must lower the loss by about rate times the
squared norm of the gradient. In pasted code, an update that goes uphill makes its claim wrong, with
or without an optimizer between the two.

## Hidden when
The gradient is zero; or it has the other sign as well, which is SGN04.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.3; a wording that led there:
https://github.com/udacity/deep-learning-v2-pytorch/pull/14.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD01",
    slug="ascent-step",
    title="the update adds the gradient of the loss",
    family="update",
    doc=__doc__,
    level="warning",
)
