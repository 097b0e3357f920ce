"""A parameter has a gradient of exactly zero, because nothing uses it.

## Symptom
Claimed and numeric gradient are both zero, everywhere. That is right, and still suspicious.

## Cause
The layer is not connected, its output is overwritten, or its unit is switched off for all
samples.

## Fix
Connect it or remove it. The test: zero at all random points means unused; zero at some only, a
unit that is off.

## Hidden when
Never.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.5.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD06",
    slug="parameter-unused",
    title="the loss does not depend on a parameter",
    family="model",
    doc=__doc__,
    level="warning",
)
