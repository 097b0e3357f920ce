"""Targets are of a kind that the output can't produce.

## Symptom
The loss stays at a floor. Every gradient is right.

## Cause
Class numbers against several outputs, targets of -1 and 1 behind a sigmoid, values beyond a
tanh's range.

## Fix
Encode them as the loss expects. The test: the targets' range against the output's.

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
