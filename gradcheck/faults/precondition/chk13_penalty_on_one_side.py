"""The two sides are gradients of different losses.

## Symptom
Claimed and numeric gradient differ by the strength times the weight.

## Cause
The check's loss was written without the penalty.

## Fix
Declare the regulariser, or leave it out on both sides; if the claim lacks it, it is REG01.

## Hidden when
The strength is 0.

## Sources
Ng, *Improving Deep Neural Networks* (2017), week 1, reminds of it; Stanford CS231n, *Gradient
checks* (course notes).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK13",
    slug="penalty-on-one-side",
    title="the regulariser is in the loss of the check but not in the gradient, or the reverse",
    family="precondition",
    doc=__doc__,
    level="note",
)
