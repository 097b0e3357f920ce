"""The check that blames the gradient has a mistake of its own.

## Symptom
Its numeric side differs from a more careful one, while the claimed gradient agrees with that.
Every gradient is right.

## Cause
One of CHK01 to CHK14: single precision, a step too small, a kink, a value not restored.

## Fix
Compare the two numeric sides first. The test, on pasted code: what it subtracts from a numeric
gradient is known by that one's name; the two differ by more than 1e-3 in norm (the source
is uneasy from 1e-4 on, and sure from 1e-2 on), while every claimed gradient is the loss's own, with
no factor, at random points.

## Hidden when
Never.

## Sources
Stanford CS231n, *Gradient checks* (course notes).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN14",
    slug="own-check-wrong",
    title="the author's own gradient check is wrong",
    family="training",
    doc=__doc__,
    level="note",
)
