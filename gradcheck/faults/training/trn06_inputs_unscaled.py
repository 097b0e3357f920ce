"""Inputs in the hundreds drive the first layer into saturation.

## Symptom
The first layer is saturated from the start, or its gradient is far larger than the others'.
Every gradient is right.

## Cause
Pixels from 0 to 255, or features with different units.

## Fix
Subtract the mean and divide by the deviation. The test, on pasted code: the loss rises, or most
units are saturated (see TRN01 and TRN03); a feature's root mean square is 10 or more, so that
its curvature is a hundred times that of a scaled one; and with the same inputs scaled, and
nothing else changed, neither is so.

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
