"""The weights decay twice: by the penalty in the loss and by the optimiser's own decay.

## Symptom
Weights shrink twice as fast as is meant. The gradient is right, so a check of gradients has
nothing to find.

## Cause
The loss has a penalty, and weight_decay is not zero.

## Fix
Keep one. The test: a step at zero data gradient shrinks W by rate * lam * W. See REG11.

## Hidden when
One of the strengths is 0.

## Sources
Loshchilov and Hutter, *Decoupled Weight Decay Regularization* (2019), section 2.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD11",
    slug="decay-twice",
    title="weight decay is in the gradient and in the optimiser",
    family="update",
    doc=__doc__,
    level="warning",
)
