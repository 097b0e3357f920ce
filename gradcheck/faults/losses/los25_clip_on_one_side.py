"""Probabilities are kept away from 0 and 1 by a clip that only one of the two passes knows.

## Symptom
Nothing as long as no probability reaches a bound. Where one does, loss and gradient belong to
different functions: the clipped loss is flat there, while the gradient of the other is large.

## Cause
np.clip(p, eps, 1 - eps) stands in the line of the loss, to save the logarithm.

## Fix
Compute the loss from logits, which needs no clip; or clip p once and use that in both. The
test: a point at which some p is beyond the bounds; at ordinary ones a check can't see the
difference.

## Hidden when
Every probability is within the bounds.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.2, on the loss from
logits.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="LOS25",
    slug="clip-on-one-side",
    title="the probability is clipped in the loss or in its gradient, not in both",
    family="losses",
    doc=__doc__,
)
