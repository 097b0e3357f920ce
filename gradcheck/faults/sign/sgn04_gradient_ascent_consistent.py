"""Both signs are reversed: the residual is y - yhat, and the update adds. That is right.

## Rule
Two minuses cancel: to go up on the negative loss is to go down on the loss.

    delta = y - yhat = -(yhat - y)
    W += rate * X.T @ delta
    W -= rate * X.T @ (yhat - y)      # the same

## Symptom
Every claimed quantity is the negative gradient, and the program that applies it learns. A
gradient check sees only the first sign, so it has to be told of the second.

## Cause
A habit of older texts, in which the delta rule adds the correction.

## Fix
None is needed. Say `gradients: {update: "+="}` in the config; without it the reversed residual
is reported as SGN01, for where the update subtracts it is a bug.

## Hidden when
The update is shown together with the residual, so that both signs are seen.

## Sources
Widrow and Hoff, *Adaptive Switching Circuits* (1960), whose rule adds the error times the
input; reported as a bug, and explained, in
https://github.com/rasbt/machine-learning-book/issues/141,
https://github.com/udacity/deep-learning/issues/285 and
https://github.com/dvgodoy/PyTorchStepByStep/issues/21.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="SGN04",
    slug="gradient-ascent-consistent",
    title="residual and update are both reversed, which is ascent and works",
    family="sign",
    doc=__doc__,
    level="note",
)
