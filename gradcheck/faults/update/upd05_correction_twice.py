"""The correction is made in two places, or the moments are sums where they should be means.

## Symptom
The first steps have the wrong size, by a factor that changes from step to step. The gradient is
right, so a check of gradients has nothing to find.

## Cause
The step size holds the correction already; or m = b1 * m + g, without (1 - b1), is divided by 1
- b1**t all the same.

## Fix
Follow one form of the algorithm from start to end. The test: with a constant gradient every
step is rate * sign(gradient), but for epsilon.

The test, on pasted code: with gradients of a constant size the steps go as sqrt(1 - b2^t) / (1 -
b1^t).

## Hidden when
The factors happen to cancel.

## Sources
Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), algorithm 1; seen in
https://github.com/PennyLaneAI/pennylane/issues/1928.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD05",
    slug="correction-twice",
    title="the bias correction of Adam is applied twice, or its moments lack 1 - b",
    family="update",
    doc=__doc__,
    level="warning",
)
