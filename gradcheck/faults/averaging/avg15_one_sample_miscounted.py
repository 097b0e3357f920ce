"""A special case for a batch of one sample divides by something else, such as slices.

## Symptom
Gradients are off by one factor where the batch has a single sample, and right for all larger
ones; so training on batches shows nothing, and single-sample updates are scaled wrongly.

## Cause
The count is taken from a function that treats a single row, or a vector, differently from a
matrix.

## Fix
Take the number of samples from the first axis in every case. To see it, check with `data:
{batch: 1}`: then it is named AVG05.

## Hidden when
The batch has more than one sample.

## Sources
Seen in a library's merged fix: https://github.com/deeplearning4j/deeplearning4j/pull/1452.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="AVG15",
    slug="one-sample-miscounted",
    title="the divisor is wrong only where the batch has a single sample",
    family="averaging",
    doc=__doc__,
)
