"""Inverted dropout scales in training, so that nothing has to be scaled afterwards.

## Rule
Both have the same mean.

    a * mask / keep in training, a afterwards
    a * mask in training, a * keep afterwards

## Symptom
The forward pass divides by keep, and so does the backward pass.

## Cause
The scaling is moved from use to training.

## Fix
None is needed here.

## Hidden when
Both passes have the factor.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014),
section 10; asked about in https://github.com/plaidml/plaidml/issues/283.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT18",
    slug="inverted-dropout",
    title="dividing by the keep probability in training is dropout too",
    family="conventions",
    doc=__doc__,
    level="note",
)
