"""Adam's moments are multiplied by 1 - b^t instead of divided.

## Symptom
The first steps are off by the square of the correction. The gradient is right, so a check of
gradients has nothing to find.

## Cause
A star for a slash in both lines.

## Fix
Divide. The test: the first step of Adam is rate * sign(gradient), but for epsilon.

The test, on pasted code: with gradients of a constant size the steps go as (1 - b1^t)^2 / (1 -
b2^t).

## Hidden when
After some thousand steps.

## Sources
Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), algorithm 1; seen in
https://github.com/karpathy/convnetjs/pull/70.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD03",
    slug="bias-correction-multiplied",
    title="the bias correction of Adam is multiplied where it should divide",
    family="update",
    doc=__doc__,
    level="warning",
)
