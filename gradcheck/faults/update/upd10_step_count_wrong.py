"""The t in the optimiser's bias correction does not count steps.

## Symptom
With t stuck at 1 the correction never ends, as in UPD04; counted for each parameter it ends too
early, and differently for each. The gradient is right, so a check of gradients has nothing to
find.

## Cause
t += 1 is missing, or stands inside the loop over the parameters.

## Fix
Advance it once before the loop. The test: after k steps t is k.

The test, on pasted code: with gradients of a constant size the steps are those of a t that
grows by more than one.

## Hidden when
t is 1, and there is one parameter.

## Sources
Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), algorithm 1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD10",
    slug="step-count-wrong",
    title="the step count is never advanced, or once for each parameter",
    family="update",
    doc=__doc__,
    level="warning",
)
