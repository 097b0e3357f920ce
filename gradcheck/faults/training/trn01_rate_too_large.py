"""Each step overshoots.

## Symptom
The loss rises or swings within a few steps. Every gradient is right.

## Cause
A rate above 2 over the largest curvature.

## Fix
Divide it by ten. The test, on pasted code: the loss after 40 steps is above that at the
start, a rate 10 to 10,000,000 times smaller brings it below, and the rate times the largest
curvature, by power iteration on differences of the program's own steps, exceeds 2, the limit of
gradient descent on a quadratic loss (the source below). With an optimizer, whose limit is not
known, the loss must grow tenfold: to the end; or on the way, if more than a quarter is left of it
after 100 steps, and a smaller rate, at which it never doubles, takes it to less than half of that.

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
