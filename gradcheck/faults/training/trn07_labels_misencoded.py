"""Targets are of a kind that the output can't produce.

## Symptom
The loss stays at a floor. Every gradient is right.

## Cause
Class numbers against several outputs, targets of -1 and 1 behind a sigmoid, values beyond a
tanh's range.

## Fix
Encode them as the loss expects. The test, on pasted code: targets that lie outside of what a
sigmoid (0 to 1), tanh (-1 to 1), ReLU, softplus or exponential (0 and above) can give, held against
an output that is one by its values; or whole numbers, one for each sample, against several outputs.

## Hidden when
Never.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN07",
    slug="labels-misencoded",
    title="the labels' encoding or range does not fit the output",
    family="training",
    doc=__doc__,
    level="note",
)
