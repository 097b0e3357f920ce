"""The small number that avoids a division by zero is inside the square root, or outside.

## Symptom
Steps differ where the squared gradients are of epsilon's size, and nowhere else. The gradient
is right, so a check of gradients has nothing to find.

## Cause
Papers and libraries differ; both are in use.

## Fix
Follow the paper that you cite, and choose epsilon for that form: 1e-8 outside is about 1e-16
inside.

## Hidden when
Gradients are much larger than epsilon.

## Sources
Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), algorithm 1, with epsilon
outside.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD07",
    slug="epsilon-under-the-root",
    title="epsilon stands under the square root, or outside, unlike the algorithm",
    family="update",
    doc=__doc__,
    level="note",
)
