"""A leaky ReLU behind a plain one has nothing left to let through.

## Symptom
The function is a plain ReLU: units that are off stay off. The gradient is exact for what is
computed, so a check of it against that very function is silent.

## Cause
The library's function computes max(x, 0) first and then the leak of that.

## Fix
Apply it to z. The test: f(-1) must be minus the slope.

## Hidden when
Every z is positive.

## Sources
Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models* (2013),
section 2; seen in https://github.com/tflearn/tflearn/pull/784.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD08",
    slug="leaky-after-relu",
    title="the leaky ReLU is applied to what a ReLU has cut off",
    family="model",
    doc=__doc__,
    level="warning",
)
