"""A relative error has no meaning where both gradients vanish.

## Symptom
Not a number, or 1, for entries that are right: both are zero.

## Cause
Zero initial weights, unused parameters, or units that are off.

## Fix
Compare with an absolute floor from the rounding of the terms; and check at random points as
well.

## Hidden when
No gradient vanishes.

## Sources
Stanford CS231n, *Gradient checks* (course notes); seen in
https://github.com/denizyuret/AutoGrad.jl/issues/74.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK10",
    slug="zero-over-zero",
    title="the relative error of two zeros is 0 / 0",
    family="precondition",
    doc=__doc__,
    level="note",
)
