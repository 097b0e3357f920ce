"""Two evaluations at the same point differ.

## Symptom
The loss at the same parameters is not the same, and differences are noise over h.

## Cause
A mask drawn anew in each call.

## Fix
Fix the seed or the mask for the check. The test: evaluate twice and compare.

## Hidden when
The random part is off.

## Sources
Stanford CS231n, *Gradient checks* (course notes), on dropout.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK05",
    slug="random-forward",
    title="the forward pass is random: dropout, sampling, shuffling",
    family="checking",
    doc=__doc__,
    level="note",
)
