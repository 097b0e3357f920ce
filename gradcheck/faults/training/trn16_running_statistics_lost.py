"""The running mean and variance of a batch norm start anew in every step.

## Symptom
Training works, and what is predicted afterwards, in the test mode, is as good as guessed. Every
gradient is right.

## Cause
The dictionary or the layer that holds them is made in each call.

## Fix
Make it once, before training. The test, on pasted code: a sum is stored under a name with
"running" or "moving" in it, one side of which has that name as well, and the name is computed with
elsewhere; in three steps, one after the other, that side is the same, and no sum is equal to it.

## Hidden when
Nothing is ever predicted in the test mode.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN16",
    slug="running-statistics-lost",
    title="running statistics are not kept between steps",
    family="training",
    doc=__doc__,
    level="note",
)
