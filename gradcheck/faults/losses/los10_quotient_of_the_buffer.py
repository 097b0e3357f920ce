"""Labels are divided by the array that the gradient is written to, not by the prediction.

## Symptom
The gradient is infinite, not a number, or changes from run to run with what the buffer held. No
wrong formula can be named for it, so it is found as GRD01, or as a claim that is not finite.

## Cause
Two arrays of one shape and similar names, `r` for the result and `p` for the prediction.

## Fix
Divide by the prediction.

## Hidden when
Never, unless the buffer held the prediction.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.109, by the probabilities;
seen in https://github.com/fetchai/ledger/pull/1580.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="LOS10",
    slug="quotient-of-the-buffer",
    title="the quotient -y / p divides by the gradient's own buffer",
    family="losses",
    doc=__doc__,
)
