"""At z = 0 a ReLU has no derivative; every number from 0 to 1 is a subgradient.

## Symptom
Two programs differ where a pre-activation is exactly zero, and nowhere else. That happens where
biases start at zero and inputs are zero, so it can concern whole units.

## Cause
z > 0 in one, z >= 0 in the other.

## Fix
None is needed. A claim between the two one-sided derivatives is right, and is reported as such.

## Hidden when
No pre-activation is exactly zero.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.3; discussed in
https://github.com/iamtrask/Grokking-Deep-Learning/pull/13.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="ACT21",
    slug="relu-at-zero",
    title="the ReLU's derivative at exactly 0 is a choice, 0 or 1, and both are right",
    family="activation derivative",
    doc=__doc__,
    level="note",
)
