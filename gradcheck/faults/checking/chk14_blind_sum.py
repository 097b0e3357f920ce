"""Checking the plain sum of a softmax or of a batch-normalised layer checks nothing.

## Symptom
Numeric and claimed gradient are both zero, also for a wrong backward pass.

## Cause
A sum is taken for want of a loss.

## Fix
Weight the outputs at random before the sum. Here upstream gradients are random.

## Hidden when
Never: it is what hides others.

## Sources
Stanford CS231n, *Gradient checks* (course notes); Goodfellow, Bengio and Courville, *Deep
Learning* (2016), section 6.2.2.3.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK14",
    slug="blind-sum",
    title="the sum of a normalised output is constant, so its gradient is zero",
    family="checking",
    doc=__doc__,
    level="note",
)
