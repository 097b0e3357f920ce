"""A layer reads the delta that the layer behind it had in the previous step.

## Rule
Deltas are made one after the other, from the loss inwards, each from the newest.

    delta1 = delta2 @ W2.T * s'(Z1), with this step's delta2

## Symptom
In the first step, with deltas that start at zero, the layers below get nothing, as in PRP02;
later they get gradients that mix two steps. One gradient can't show which: the
test is to call the backward pass twice at one point and once at another, and compare.

## Cause
The new delta is kept in a local variable, and stored after the next layer has read the field;
or the order of two lines is exchanged.

## Fix
Store first, then go on. Where the field *is* the array that is filled, as with references,
there is nothing wrong.

## Hidden when
The same batch is seen twice with the same weights.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; reported in
https://github.com/accord-net/framework/issues/577, where references make it right.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="PRP06",
    slug="delta-of-the-last-step",
    title="a layer reads the delta of the step before",
    family="propagation",
    doc=__doc__,
    wrong="self.delta = new                    # after the layer below has read it",
    right="self.delta = new                    # before the layer below reads it",
)
