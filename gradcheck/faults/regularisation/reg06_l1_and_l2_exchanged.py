"""The regulariser's gradient is that of the other norm.

## Rule
Squares pull in proportion, absolute values always alike.

    d(lam / 2 * sum(W**2))/dW = lam * W
    d(lam * sum(|W|))/dW = lam * sign(W)

## Symptom
Claimed and true gradient of a weight differ by lam (sign(W) - W), or its opposite.

## Cause
The norm was changed in one of the two passes.

## Fix
Differentiate the penalty that the loss has.

## Hidden when
The strength is 0, or every weight is -1, 0 or 1.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), sections 7.1.1 and 7.1.2.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

FACTORS = {"once": 1.0, "twice": 2.0}
"""l2's 2 may stay with either derivative."""


def choices(site: Site) -> list[str]:
    return list(FACTORS) if site.op.name in ("l1", "l2") else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    weight = site.inputs[0]
    other = np.sign(weight) if site.op.name == "l2" else weight
    return site.with_inputs(FACTORS[site.choice] * site.upstream * other)


FAULT = Fault(
    code="REG06",
    slug="l1-and-l2-exchanged",
    title="l1's derivative is used for l2, or l2's for l1",
    family="regularisation",
    doc=__doc__,
    wrong="dW = X.T @ delta + lam * np.sign(W)       # L = ... + lam / 2 * np.sum(W**2)",
    right="dW = X.T @ delta + lam * W",
    choices=choices,
    inject=inject,
    repairs=("drop-call", "wrap-call", "replace-name"),
)
