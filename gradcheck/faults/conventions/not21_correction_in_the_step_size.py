"""Both corrections of Adam can be put into one factor of the rate.

## Rule
But for epsilon, which is scaled as well.

    rate_t = rate * sqrt(1 - b2**t) / (1 - b1**t)
    W -= rate_t * m / (sqrt(v) + eps)

## Symptom
There are no mhat and vhat in the code.

## Cause
The paper itself offers this order for speed.

## Fix
None is needed here. Where neither is there, it is UPD02.

## Hidden when
The line of the rate is shown.

## Sources
Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), end of section 2; reported
as a bug in https://github.com/BVLC/caffe/issues/4224 and
https://github.com/keras-team/keras/pull/10129.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT21",
    slug="correction-in-the-step-size",
    title="bias correction of Adam may be folded into the step size",
    family="conventions",
    doc=__doc__,
    level="note",
)
