"""The tanh's derivative is 1 - a**2: not 1 / (1 + z**2), and not 1 / (1 - a**2).

## Rule
The inverse function has the reciprocal slope, and arctan is yet another.

    tanh' = 1 - tanh**2
    artanh'(a) = 1 / (1 - a**2),   arctan'(z) = 1 / (1 + z**2)

## Symptom
A reader expects one of the other two.

## Cause
Tables list them side by side.

## Fix
None is needed here. Used for a tanh, the arctan's is ACT07.

## Hidden when
The function is a tanh.

## Sources
Abramowitz and Stegun, *Handbook of Mathematical Functions* (1964), 4.5.73; reported as a bug in
https://github.com/neowsl/rust-ml/issues/3 and
https://github.com/oreilly-japan/deep-learning-from-scratch-2/issues/26.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT17",
    slug="tanh-derivative",
    title="1 - tanh**2 is the tanh's derivative",
    family="conventions",
    doc=__doc__,
    level="note",
)
