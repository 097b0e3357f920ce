"""The forward pass leaves out an activation that the model is said to have.

## Symptom
The network computes less than it should: two linear layers in a row are one. The gradient is
exact for what is computed, so a check of it against that very function is silent.

## Cause
A line was left out, in one gate or at the output.

## Fix
Put it back. The test: declare the network in a config and compare its output with the program's
at the same numbers.

## Hidden when
The activation is near the identity, as tanh is at zero.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.1; seen in
https://github.com/nicodjimenez/lstm/issues/47.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD04",
    slug="activation-missing",
    title="an activation is missing in the forward pass",
    family="model",
    doc=__doc__,
    level="warning",
)
