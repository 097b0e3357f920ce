"""Two gradients are handed out under each other's name.

## Rule
Each parameter is updated with its own gradient.

    W1 = W1 - rate * dL/dW1
    W2 = W2 - rate * dL/dW2

## Symptom
Two parameters of the same shape are wrong, and each has exactly the gradient of the other.

## Cause
A list in the order of the backward pass is read in that of the forward pass, or a tuple is
unpacked in another order than it was returned.

## Fix
Return gradients by name.

## Hidden when
The two gradients are equal.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), chapter 2, `backprop`, which fills its lists
from the end. Where only one of two biases is wrong it is BIA10.
"""

from collections.abc import Mapping
from itertools import combinations

from gradcheck.array import Array
from gradcheck.fault import Fault, Whole


def choices(whole: Whole) -> list[str]:
    pairs = combinations(whole.gradients.items(), 2)
    return [f"{a} and {b}" for (a, x), (b, y) in pairs if x.shape == y.shape]


def alter(whole: Whole) -> Mapping[str, Array] | None:
    if whole.choice is None:
        return None
    a, _, b = whole.choice.partition(" and ")
    return {a: whole.gradients[b], b: whole.gradients[a]}


FAULT = Fault(
    code="PRP05",
    slug="gradients-exchanged",
    title="two parameters have each other's gradients",
    family="propagation",
    doc=__doc__,
    wrong="return dW1, dW2          # read as dW2, dW1",
    right="return dW2, dW1",
    choices=choices,
    alter=alter,
    repairs=("replace-name", "change-index"),
)
