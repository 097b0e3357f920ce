"""The mean divides by a batch size that is written down, also where the last batch is smaller.

## Symptom
On the last batch of an epoch every gradient is too small, by the samples it has over the number
that is written. A check on a full batch finds nothing: there the gradient is right.

## Cause
`/ 32`, or a batch size from the settings, instead of the number of samples that arrived.

## Fix
Divide by len(X). To see it, check a batch of another size: then it is named AVG05, with the
ratio of both sizes.

## Hidden when
The batch has the size that is written; always, where that size divides the data set's.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3: the estimate is the
mean over the samples that were drawn.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="AVG11",
    slug="fixed-batch-size",
    title="the number of samples is a fixed number, and the last batch is smaller",
    family="averaging",
    doc=__doc__,
)
