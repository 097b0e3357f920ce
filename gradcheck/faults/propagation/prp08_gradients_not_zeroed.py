"""Gradients are added to those of an earlier call.

## Rule
A gradient belongs to one batch and one point; sums begin at zero.

    dW = 0
    dW += X.T @ delta

## Symptom
The first call is right. Later ones return their own gradient plus the earlier ones', of all
parameters; twice the true one if nothing has changed in between.

## Cause
Accumulating is right within a pass, and the buffers live longer than the pass.

## Fix
Set the gradients to zero before each backward pass.

## Hidden when
Backward is called once.

## Sources
Griewank and Walther, *Evaluating Derivatives* (2008), section 3.2, where adjoints are initialised;
seen in https://github.com/karpathy/micrograd/pull/102.
"""

from collections.abc import Mapping

from gradcheck.array import Array
from gradcheck.fault import Fault, Whole


def alter(whole: Whole) -> Mapping[str, Array] | None:
    if whole.first is None:
        return None
    return {name: own + whole.first[name] for name, own in whole.gradients.items()}


FAULT = Fault(
    code="PRP08",
    slug="gradients-not-zeroed",
    title="the gradients of an earlier call are still in the sum",
    family="propagation",
    doc=__doc__,
    wrong="p.grad += gradient              # with what was there before",
    right="p.grad = 0; p.grad += gradient",
    alter=alter,
    repairs=("insert-statement",),
)
