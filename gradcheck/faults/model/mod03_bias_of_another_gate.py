"""A copied line in the forward pass adds the wrong bias.

## Symptom
One bias has a gradient of exactly zero, and another does the work of two. The gradient is exact
for what is computed, so a check of it against that very function is silent.

## Cause
A line was copied and one name not changed.

## Fix
Use the gate's own bias. The test: a parameter whose gradient is zero in every entry at random
points is not used.

## Hidden when
The two biases are equal.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), section 4; seen in
https://github.com/ddbourgin/numpy-ml/issues/42.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD03",
    slug="bias-of-another-gate",
    title="one gate or layer uses another one's bias in the forward pass",
    family="model",
    doc=__doc__,
    level="warning",
)
