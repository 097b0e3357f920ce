"""A difference quotient divides the rounding of the loss by a tiny step.

## Symptom
The error of the numeric gradient grows as 1 / h when h shrinks: in single precision it is 1e-4
at h = 1e-2 and 1e-1 at 1e-5.

## Cause
One float32 array anywhere is enough.

## Fix
Check in double precision. Here arrays of lower precision are noticed and named.

## Hidden when
Never.

## Sources
Press, Teukolsky, Vetterling and Flannery, *Numerical Recipes* (3rd ed., 2007), section 5.7;
seen in https://github.com/pytorch/pytorch/issues/8659.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK01",
    slug="single-precision-forward",
    title="the forward pass is in single precision, so differences are noise",
    family="checking",
    doc=__doc__,
    level="note",
)
