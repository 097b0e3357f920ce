"""The forward pass is run again, with updated weights, in the middle of the backward pass.

## Rule
Forward and backward pass belong to one point.

    Z, A at W, then delta and dW at the same W, then the step

## Symptom
The layers that are done after the step have gradients of another point. How far away depends on
the learning rate, so that no single wrong gradient is typical of it. The test is to compare all
parameters before and after the backward pass: they must not have changed.

## Cause
A helper that recomputes activations, for want of a cache, is called after the update of some
layer.

## Fix
Keep what the backward pass needs, or update after it.

## Hidden when
The learning rate is 0, or the update stands outside.

## Sources
Chen, Xu, Zhang and Guestrin, *Training Deep Nets with Sublinear Memory Cost* (2016), section 3,
where recomputing is done at the same weights. Where only the weight is new it is PRP01.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="PRP07",
    slug="forward-run-again",
    title="activations are computed anew with weights that have been updated",
    family="propagation",
    doc=__doc__,
    wrong="W2 -= rate * dW2; A1, A2 = forward(X); dW1 = ...",
    right="dW1 = ...; W2 -= rate * dW2",
)
