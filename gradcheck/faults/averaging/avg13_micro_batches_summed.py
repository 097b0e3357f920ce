"""The gradients of k micro-batches are added up before a step, each of them a mean already.

## Symptom
The step is k times as large as that of one large batch. Each micro-batch's own gradient is
right, so a check of one batch sees nothing.

## Cause
`loss.backward()` adds to what is there; nobody divides by the number of rounds.

## Fix
Divide each micro-batch's loss by k. The test: accumulate over k micro-batches, and compare with
the gradient of all their samples in one batch.

## Hidden when
k is 1, or only one batch is looked at.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3; asked about in
https://github.com/openai/guided-diffusion/issues/111.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="AVG13",
    slug="micro-batches-summed",
    title="gradients of several micro-batches are added up but not averaged",
    family="averaging",
    doc=__doc__,
)
