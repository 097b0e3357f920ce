"""Each entry's difference is taken at another point, or at the same one twice.

## Symptom
The differences drift along the parameter, or are all exactly zero.

## Cause
The line that restores the value is missing; or `flatten()` returns a copy, and the copy is
moved.

## Fix
Restore the saved value itself, rather than adding and subtracting h. The test: the parameter is
the same, bit by bit, afterwards.

## Hidden when
Never.

## Sources
Stanford CS231n, *Gradient checks* (course notes).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK07",
    slug="value-not-restored",
    title="the moved value is not put back, or a copy is moved",
    family="checking",
    doc=__doc__,
    level="note",
)
