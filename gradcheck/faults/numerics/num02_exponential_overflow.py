"""exp of a large logit is infinite, and infinity over infinity is not a number.

## Symptom
Not a number for large logits, above about 709 in double and 88 in single precision; right for
small ones.

## Cause
exp(z) / exp(z).sum() without a shift.

## Fix
exp(z - z.max(axis=-1, keepdims=True)): the shift cancels.

## Hidden when
All logits are small.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.1; seen in
https://github.com/jimfleming/differentiation/issues/1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NUM02",
    slug="exponential-overflow",
    title="the exponentials of a softmax overflow: the maximum is not subtracted",
    family="numerical stability",
    doc=__doc__,
    level="warning",
)
