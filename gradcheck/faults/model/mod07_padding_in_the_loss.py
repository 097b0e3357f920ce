"""Steps that are only there to fill up a batch add to the loss.

## Symptom
The network learns to predict padding, and short sequences count as much as long ones. The
gradient is exact for what is computed, so a check of it against that very function is silent.

## Cause
The mask is missing in the loss.

## Fix
Multiply by the mask; here `ignore` names the padding's class. The test: more padding must not
change the loss.

## Hidden when
All sequences have the same length.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2; the mean's own share of
it is AVG17.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD07",
    slug="padding-in-the-loss",
    title="the loss counts the padding",
    family="model",
    doc=__doc__,
    level="warning",
)
