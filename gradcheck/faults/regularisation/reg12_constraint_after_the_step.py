"""Weights are cut back to a norm after each step; the gradient rightly knows nothing of it.

## Symptom
The weights after a step are not what rate and gradient give. The gradient of the loss is right:
the projection is a part of the step, not of the loss.

## Cause
Max-norm constraints, clipping of weights, unit-norm rows.

## Fix
None is needed. To check them, compare the step, not the gradient.

## Hidden when
The constraint is not active.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014),
section 5.1, on max-norm.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="REG12",
    slug="constraint-after-the-step",
    title="a norm constraint or a projection after the step is no part of the gradient",
    family="regularisation",
    doc=__doc__,
    level="note",
)
