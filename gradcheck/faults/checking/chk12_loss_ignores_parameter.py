"""An argmax, a rounding or evaluation mode cuts the path.

## Symptom
The numeric gradient is exactly zero, in every entry and at every point.

## Cause
The checked function uses other arrays than the ones that are moved, or ends in a step function.

## Fix
Move what the function uses. The test: a large change of the parameter must change the loss.

## Hidden when
Never.

## Sources
Stanford CS231n, *Gradient checks* (course notes).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK12",
    slug="loss-ignores-parameter",
    title="the loss does not depend on the parameter at all",
    family="checking",
    doc=__doc__,
    level="note",
)
