"""Dividing twice is dividing by the product.

## Rule
Division goes from left to right.

    (x - y) / x / (1 - x) = ((x - y) / x) / (1 - x) = (x - y) / (x (1 - x))

## Symptom
The derivative of the binary cross-entropy is written without brackets around x (1 - x).

## Cause
Two divisions instead of one.

## Fix
None is needed here. (x - y) / x * (1 - x) would be wrong.

## Hidden when
Both are divisions.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.91; reported as a bug in
https://github.com/hughperkins/DeepCL/issues/62.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT10",
    slug="divided-one-by-one",
    title="dividing by x and by 1 - x one after the other needs no brackets",
    family="conventions",
    doc=__doc__,
    level="note",
)
