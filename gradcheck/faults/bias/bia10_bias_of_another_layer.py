"""A bias gets the gradient of another layer's bias, of the same length.

## Rule
A bias's gradient sums the delta of its own layer.

    dL/db1 = sum_n dL/dz1_n
    dL/db2 = sum_n dL/dz2_n

## Symptom
The gradients of two biases are equal, and one of them is wrong; both weights' are right.

## Cause
A line was copied and its index not changed: db2 = delta1.sum(axis=0).

## Fix
Use the layer's own delta.

## Hidden when
The two deltas have equal sums.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP3; seen in
https://github.com/hanbt/learn_dl/issues/53, in the gates of an LSTM, and in a forward pass in
https://github.com/ddbourgin/numpy-ml/issues/42.
"""

from collections.abc import Mapping

from gradcheck.array import Array
from gradcheck.fault import Fault, Whole


def _biases(whole: Whole) -> list[str]:
    found = {
        site.names[local]
        for site in whole.sites.values()
        for local, role in site.roles.items()
        if role == "bias"
    }
    return [name for name in whole.gradients if name in found]


def choices(whole: Whole) -> list[str]:
    names, shapes = _biases(whole), {k: g.shape for k, g in whole.gradients.items()}
    return [f"{a} from {b}" for a in names for b in names if a != b and shapes[a] == shapes[b]]


def alter(whole: Whole) -> Mapping[str, Array] | None:
    if whole.choice is None:
        return None
    name, _, other = whole.choice.partition(" from ")
    return {name: whole.gradients[other]}


FAULT = Fault(
    code="BIA10",
    slug="bias-of-another-layer",
    title="a bias gets the gradient of another bias",
    family="bias",
    doc=__doc__,
    wrong="db2 = delta1.sum(axis=0)",
    right="db2 = delta2.sum(axis=0)",
    choices=choices,
    alter=alter,
    repairs=("replace-name", "change-index"),
)
