"""Batch norm's gradient in three terms is the paper's, with everything put together.

## Rule
Put together, with means over the batch.

    dx = (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat)) / sqrt(var + eps)

## Symptom
The code has neither a gradient of the mean nor one of the variance.

## Cause
Both are substituted, and mean(xhat) = 0 is used.

## Fix
None is needed here.

## Hidden when
The statistics are the batch's own.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; asked about in
https://github.com/BVLC/caffe/issues/3878 and https://github.com/BVLC/caffe/issues/4110.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT06",
    slug="three-term-batch-norm",
    title="the three-term backward pass of batch norm is complete",
    family="conventions",
    doc=__doc__,
    level="note",
)
