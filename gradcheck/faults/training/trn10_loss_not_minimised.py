"""One loss is watched, another goes down.

## Symptom
The printed loss may rise while training works. Every gradient is right. The gradients are exact
for another loss than the one that is named.

## Cause
Loss and gradient were changed apart from each other. Or the loss has a slip: the two terms of a
cross-entropy with opposite signs, `-t*log(a) + (1 - t)*log(1 - a)`, have no minimum.

## Fix
Name one loss. The test: the gradient of each standard loss against the claimed one; on pasted
code, one of them fits every update to rounding, and the loss that is written does not.

## Hidden when
Both have the same minimum.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.2.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN10",
    slug="loss-not-minimised",
    title="the printed loss is not the one that is minimised",
    family="training",
    doc=__doc__,
    level="note",
)
