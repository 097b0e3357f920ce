"""The mean over the batch belongs to the loss; layers and optimiser do not repeat it.

## Rule
Once is enough, wherever it is.

    L = sum(l) / m
    W -= rate * dL/dW

## Symptom
Neither the layers' backward passes nor the optimiser divide by the batch's size.

## Cause
The loss's backward pass has done so.

## Fix
None is needed here.

## Hidden when
The loss's backward pass is shown.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3; asked about in
https://github.com/borgwang/tinynn/issues/12.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT19",
    slug="mean-in-the-loss",
    title="the gradient is averaged in the loss, so the optimiser need not",
    family="conventions",
    doc=__doc__,
    level="note",
)
