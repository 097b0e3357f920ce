"""An update that adds, with the residual y - yhat, goes down the loss.

## Rule
Two minuses cancel.

    W += rate * X.T @ (y - yhat)
    W -= rate * X.T @ (yhat - y)      # the same

## Symptom
The claimed quantity is the negative gradient, and the update adds it.

## Cause
The delta rule is told this way.

## Fix
None is needed here. In a config, `update: "+="` says so. See SGN04.

## Hidden when
The update is shown.

## Sources
Widrow and Hoff, *Adaptive Switching Circuits* (1960); reported as a bug in
https://github.com/udacity/deep-learning/issues/285,
https://github.com/rasbt/machine-learning-book/issues/141 and
https://github.com/iamtrask/iamtrask.github.io/pull/5.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT03",
    slug="plus-with-reversed-residual",
    title="adding with y - yhat is gradient descent",
    family="conventions",
    doc=__doc__,
    level="note",
)
