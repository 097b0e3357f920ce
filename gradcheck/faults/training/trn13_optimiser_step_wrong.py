"""The gradient is right and is used wrongly.

## Symptom
The loss rises, or falls in fits. Every gradient is right.

## Cause
One of UPD01 to UPD12.

## Fix
Compare one step with the algorithm's at fixed numbers; `gradcheck explain UPD01` and the others
name a test each.

## Hidden when
Plain gradient descent.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.5.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN13",
    slug="optimiser-step-wrong",
    title="the optimiser's step has the wrong sign, order or state",
    family="training",
    doc=__doc__,
    level="note",
)
