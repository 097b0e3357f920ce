"""The slope of a square root at zero is infinite, and 0 times infinity is not a number.

## Symptom
Not a number in the gradient where a norm, a distance or a standard deviation is exactly zero,
such as for equal points.

## Cause
sqrt(x) without a guard, or a mask that is applied after it.

## Fix
sqrt(x + eps), or guard the argument, not only the result.

## Hidden when
x is not zero.

## Sources
Higham, *Accuracy and Stability of Numerical Algorithms* (2nd ed., 2002), chapter 1; seen in
https://github.com/pyg-team/pytorch_geometric/pull/2917.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NUM05",
    slug="root-of-zero",
    title="the derivative of a square root or norm is taken at zero",
    family="numerical stability",
    doc=__doc__,
    level="warning",
)
