"""A probability is rounded to 0 or 1, and its logarithm is infinite.

## Symptom
The loss is infinite or not a number from some step on; the gradient with it. A claim that is
not finite is reported as such.

## Cause
A saturated sigmoid or softmax before a logarithm, as two steps.

## Fix
Compute the loss from logits, in one step: log(1 + exp(z)) - y z.

## Hidden when
No output is saturated.

## Sources
Higham, *Accuracy and Stability of Numerical Algorithms* (2nd ed., 2002), chapter 1; Goodfellow,
Bengio and Courville, *Deep Learning* (2016), section 4.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NUM01",
    slug="logarithm-of-zero",
    title="a logarithm of zero or a division by a probability that became zero",
    family="numerical stability",
    doc=__doc__,
    level="warning",
)
