"""Sigmoids or tanhs sit at their ends, where the slope is almost nothing.

## Symptom
Gradients of inner layers are tiny; those of the last are not. Every gradient is right.

## Cause
Large initial weights or unscaled inputs.

## Fix
Scale the inputs, and the weights by 1 / sqrt(inputs). The test: the share of units with a slope
below 1e-3 over the batch.

## Hidden when
Never.

## Sources
Glorot and Bengio, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*
(2010), section 3.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN03",
    slug="units-saturated",
    title="most units are saturated, and their gradients vanish",
    family="training",
    doc=__doc__,
    level="note",
)
