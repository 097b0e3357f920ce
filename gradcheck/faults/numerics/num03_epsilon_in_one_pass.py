"""log(p + eps) is differentiated as log(p).

## Symptom
The claimed gradient is off by eps / p, next to nothing unless p is close to zero; there the two
part.

## Cause
The eps was added to save the loss from infinity.

## Fix
Compute the loss from logits, or differentiate what is computed: -y / (p + eps). The test: a
point with saturated outputs.

## Hidden when
p is much larger than eps.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NUM03",
    slug="epsilon-in-one-pass",
    title="a small number is added inside the logarithm in the loss, not in its gradient",
    family="numerical stability",
    doc=__doc__,
    level="warning",
)
