"""The exponential is its own derivative, so its output serves as such.

## Rule
No other function is its own slope.

    y = exp(x)
    dL/dx = dL/dy * exp(x) = dL/dy * y

## Symptom
The rule uses out.data where other rules use the input.

## Cause
It saves an exponential.

## Fix
None is needed here. For other functions it is ACT04.

## Hidden when
The function is exp.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.5; asked about in
https://github.com/karpathy/nn-zero-to-hero/issues/52.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT12",
    slug="exp-uses-its-output",
    title="the backward pass of exp multiplies by its output",
    family="conventions",
    doc=__doc__,
    level="note",
)
