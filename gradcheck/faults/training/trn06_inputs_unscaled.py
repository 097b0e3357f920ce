"""Inputs in the hundreds drive the first layer into saturation.

## Symptom
The first layer is saturated from the start, or its gradient is far larger than the others'.
Every gradient is right.

## Cause
Pixels from 0 to 255, or features with different units.

## Fix
Subtract the mean and divide by the deviation. The test: the mean and spread of each feature,
and the share of saturated units.

## Hidden when
Never.

## Sources
LeCun, Bottou, Orr and Müller, *Efficient BackProp* (1998), section 4.3.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN06",
    slug="inputs-unscaled",
    title="the inputs' scale does not fit the initial weights",
    family="training",
    doc=__doc__,
    level="note",
)
