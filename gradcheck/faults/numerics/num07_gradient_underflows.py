"""Where all units are saturated, right and wrong gradients are both zero.

## Symptom
Everything agrees, with gradients of 1e-10 and less: the check says nothing about the formula.

## Cause
Large weights or inputs that were not scaled.

## Fix
Check at another point. Probes are made at several, so that one saturated point does not decide.

## Hidden when
Never: it is what hides others.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NUM07",
    slug="gradient-underflows",
    title="at a saturated point the gradient vanishes, and no factor of it can be measured",
    family="numerical stability",
    doc=__doc__,
    level="note",
)
