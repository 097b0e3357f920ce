"""The regulariser is in the gradient, and the optimiser decays the weights once more.

## Symptom
The weights shrink twice as fast as the loss asks for. The gradient is right, so a check of it
is silent; the step is not.

## Cause
The loss has a penalty, and the optimiser's weight_decay is not zero.

## Fix
Keep one of the two. The test: one step from a point where the data's gradient is zero shrinks W
by rate * lam * W, not by twice that.

## Hidden when
One of the strengths is 0.

## Sources
Loshchilov and Hutter, *Decoupled Weight Decay Regularization* (2019), section 2; reported,
where it was fine, in https://github.com/MichalDanielDobrzanski/DeepLearningPython/issues/16.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="REG11",
    slug="decay-in-gradient-and-step",
    title="weight decay is applied in the gradient and again in the optimiser",
    family="regularisation",
    doc=__doc__,
    level="warning",
)
