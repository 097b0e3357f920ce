"""A special case for a single sample, meant for speed or shape, forgets the bias.

## Symptom
Trained on single samples, the bias keeps its initial value; on batches it learns. Its gradient
at a larger batch is right, so a check of one finds nothing.

## Cause
Code that handles a vector apart from a matrix, in which the line for the bias is missing.

## Fix
Keep the axis of the samples for a single one too, and drop the special case. The test: check
with `data: {batch: 1}`, where it is BIA01.

## Hidden when
The batch has more than one sample.

## Sources
Seen in a library's merged fix: https://github.com/deeplearning4j/deeplearning4j/pull/364.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="BIA09",
    slug="bias-frozen-for-one-sample",
    title="the bias is left out where the batch has a single sample",
    family="bias",
    doc=__doc__,
)
