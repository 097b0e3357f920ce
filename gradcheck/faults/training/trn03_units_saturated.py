"""Sigmoids or tanhs sit at their ends, where the slope is almost nothing.

## Symptom
Gradients of inner layers are tiny; those of the last are not. Every gradient is right.

## Cause
Large initial weights or unscaled inputs.

## Fix
Scale the inputs, and the weights by 1 / sqrt(inputs). The test, on pasted code: more than half
of a layer's activations have a slope below 1e-3 at the initial weights; that is 0.4 per cent of
a sigmoid's steepest. What is a sigmoid or tanh is told by values, at random weights. Outputs
with a cross-entropy are left out, for there the slope cancels.

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
