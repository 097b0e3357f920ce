"""A step leaves a parameter as it was.

## Symptom
Its value is the same after a step, although its gradient is not zero. Every gradient is right.

## Cause
It is missing in the list of parameters, or `W = W - rate * dW` changes a local copy.

## Fix
`W -= ...` in place, or return the new value. The test, on pasted code: the loss depends on it,
a step leaves it as it is, and what the step computes for it, or keeps under the name of its
gradient, is an exact multiple of its gradient at random points.

## Hidden when
The gradient is zero.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), algorithm 8.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN09",
    slug="parameter-never-updated",
    title="a parameter has a gradient but is never updated",
    family="training",
    doc=__doc__,
    level="note",
)
