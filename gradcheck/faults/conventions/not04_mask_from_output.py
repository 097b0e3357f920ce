"""A ReLU's output is positive exactly where its input is.

## Rule
Both masks are equal.

    a = max(z, 0)
    a > 0 if and only if z > 0

## Symptom
The backward pass looks at the activation rather than at the pre-activation.

## Cause
It saves keeping z.

## Fix
None is needed here. For a smooth rectifier it would be wrong: ACT19.

## Hidden when
The activation is a ReLU, plain or leaky with a positive slope.

## Sources
Nair and Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines* (2010); reported
as a bug in https://github.com/scikit-learn/scikit-learn/issues/14244 and
https://github.com/iamtrask/Grokking-Deep-Learning/issues/59.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT04",
    slug="mask-from-output",
    title="a ReLU's mask may be taken from its output",
    family="conventions",
    doc=__doc__,
    level="note",
)
