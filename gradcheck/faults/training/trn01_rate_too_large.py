"""Each step overshoots.

## Symptom
The loss rises or swings within a few steps. Every gradient is right.

## Cause
A rate above 2 over the largest curvature.

## Fix
Divide it by ten. The test: a few steps at a tenth of the rate must lower the loss; 2 /
lambda_max, by power iteration on differences of gradients, bounds it.

## Hidden when
Momentum or clipping mask it for a while.

## Sources
LeCun, Bottou, Orr and Müller, *Efficient BackProp* (1998), section 5.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN01",
    slug="rate-too-large",
    title="the learning rate is beyond what the loss's curvature allows",
    family="training",
    doc=__doc__,
    level="note",
)
