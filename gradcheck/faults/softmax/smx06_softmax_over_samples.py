"""The forward pass normalises along the wrong axis, so that the rows don't add up to 1.

## Symptom
The outputs of a sample change with the other samples of the batch, and its shares don't add up
to 1. Where the backward pass belongs to the same wrong function, its gradients are exact: a
check of gradients against that very function has nothing to find.

## Cause
np.exp(z) / np.exp(z).sum() without an axis, which is right for a single vector.

## Fix
Sum over the last axis, with keepdims=True. The test: duplicate the batch; no output may change.

## Hidden when
The batch has one sample.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3; seen in
https://github.com/israfelsr/CS231n/issues/5 and
https://github.com/nntrainer/nntrainer/pull/430. See MOD02.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="SMX06",
    slug="softmax-over-samples",
    title="the softmax is taken over the samples, or over the whole array",
    family="softmax",
    doc=__doc__,
)
