"""The regulariser is in the gradient of a single weight, though the loss penalises all of them.

## Rule
Each weight in the penalty has its share.

    L = data + lam / 2 * (sum(W1**2) + sum(W2**2) + sum(W3**2))
    dL/dWk = d(data)/dWk + lam * Wk for each k

## Symptom
All weights but one lack the regulariser's share.

## Cause
The line stands behind the loop over the layers instead of in it.

## Fix
Add lam * W in the loop.

## Hidden when
The strength is 0.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1. Where two weights are
penalised, the one that lacks it is REG01.
"""

from collections.abc import Mapping

from gradcheck.array import Array
from gradcheck.fault import Fault, Whole


def _shares(whole: Whole) -> dict[str, Array]:
    """Return the regularisers' share in each penalised parameter's gradient."""
    found: dict[str, Array] = {}
    for site in whole.sites.values():
        share = site.gradients.inputs[0]
        if site.op.kind == "regularizer" and share is not None:
            (name,) = site.sources
            found[name] = found.get(name, 0) + share
    return found


def choices(whole: Whole) -> list[str]:
    names = list(_shares(whole))
    return names if len(names) > 2 else []


def alter(whole: Whole) -> Mapping[str, Array] | None:
    if whole.choice is None:
        return None
    shares = _shares(whole)
    return {k: whole.gradients[k] - v for k, v in shares.items() if k != whole.choice}


FAULT = Fault(
    code="REG09",
    slug="one-layer-regularised",
    title="the gradient regularises one layer only, the loss all",
    family="regularisation",
    doc=__doc__,
    wrong="grads[-1] += lam * weights[-1]",
    right="for k in range(n): grads[k] += lam * weights[k]",
    choices=choices,
    alter=alter,
    repairs=("move-statement",),
)
