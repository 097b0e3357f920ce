"""The velocity is clipped, not the gradient that goes into it.

## Symptom
One huge gradient stays in the velocity for many steps, each of which is clipped. The gradient
is right, so a check of gradients has nothing to find.

## Cause
The call stands one line too late.

## Fix
Clip the gradient first. The test: a step with one huge gradient, then steps with zero; the
velocity must have started at the clipped size.

## Hidden when
Nothing reaches the limit.

## Sources
Pascanu, Mikolov and Bengio, *On the Difficulty of Training Recurrent Neural Networks* (2013),
algorithm 1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD12",
    slug="clipped-after-momentum",
    title="gradients are clipped after the momentum instead of before",
    family="update",
    doc=__doc__,
    level="warning",
)
