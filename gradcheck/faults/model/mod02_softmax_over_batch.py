"""The shares add up to 1 down the batch rather than over the classes.

## Symptom
A sample's prediction depends on the other samples. The gradient is exact for what is computed,
so a check of it against that very function is silent.

## Cause
axis=0 for axis=1, or no axis.

## Fix
Sum along the classes. The test: rows add up to 1; duplicating the batch changes no output. See
SMX06.

## Hidden when
The batch has one sample.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3; seen in
https://github.com/israfelsr/CS231n/issues/5.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD02",
    slug="softmax-over-batch",
    title="the softmax normalises over the batch",
    family="model",
    doc=__doc__,
    level="warning",
)
