"""So many digits cancel in the claimed gradient that it can't be told whether it is right.

## Symptom
`undecided: precision`. When the numbers of the point move by a rounding error the claim scatters by
more than a ten-thousandth of its size: what it says is mostly rounding.

## Cause
A difference of nearly equal numbers. The slope of a sigmoid, a (1 - a), has no digit left once a
rounds to 1, at z = 37:

    da = a * (1 - a)                              # wrong by 4 % at z = 36, though it is the formula
    e = np.exp(-np.abs(z)); da = e / (1 + e)**2   # right to the last digit

## Fix
Rewrite what cancels: `log1p`, `expm1`, the logistic by its own exponential, a softmax fused with
its logarithm. Claim in float64. Or check a point that is not so extreme.

## Hidden when
The units are not saturated: at z = 5 the same formula has 14 digits.

## Sources
Higham, *Accuracy and Stability of Numerical Algorithms* (2nd ed., 2002), section 1.7.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK15",
    slug="digits-lost",
    title="the claim has lost too many digits to be judged",
    family="precondition",
    doc=__doc__,
)
