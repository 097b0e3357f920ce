"""What carries the delta to the layer below is the transposed weight.

## Rule
The layer below acts through the weight.

    Z2 = A1 @ W2
    dL/dA1 = dL/dZ2 @ W2.T

## Symptom
The line for the hidden layer has w2, and no grad_w2 in it.

## Cause
grad_w2 says how W2 should change, not how A1 acts.

## Fix
None is needed here.

## Hidden when
The chain rule is written out.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; asked about in
https://github.com/jcjohnson/pytorch-examples/issues/28.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT13",
    slug="weight-carries-the-delta",
    title="the delta goes back through the weight, not through its gradient",
    family="conventions",
    doc=__doc__,
    level="note",
)
