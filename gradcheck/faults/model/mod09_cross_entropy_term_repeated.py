"""The loss has two terms for the same class, or one only.

## Symptom
The loss does not treat the classes alike. The gradient is exact for what is computed, so a
check of it against that very function is silent. Against the declared loss it is found: as
LOS06 where the term is missing.

## Cause
A copied line in which y or p was not turned into 1 - y and 1 - p.

## Fix
-y log(p) - (1 - y) log(1 - p). The test: exchanging the labels and p with 1 - p must not change
the loss.

## Hidden when
All labels are of one class.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.90; seen in
https://github.com/eriklindernoren/ML-From-Scratch/issues/16.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD09",
    slug="cross-entropy-term-repeated",
    title="one term of the binary cross-entropy is missing or repeated",
    family="model",
    doc=__doc__,
    level="warning",
)
