"""A weight serves in two places, and its gradient has one place's share.

## Rule
A shared weight's gradient adds up the shares of all its uses.

    z = x @ W, y = a @ W.T
    dL/dW = x.T @ dz + (a.T @ dy).T

## Symptom
The gradient of the shared weight is wrong, all others are right. Training goes on, as if one of
the uses had a fixed copy.

## Cause
The second use's gradient is stored under the same name, or not at all.

## Fix
Add the shares of all uses.

## Hidden when
The other share is zero.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.2, on shared parameters; seen
in https://github.com/apache/singa/pull/111.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

EVERY = "all that is shared"


def choices(site: Site) -> list[str]:
    """Name the shared weights of a use; a bias alone is BIA01."""
    weights = [k for k in site.parameters if k in site.shared and site.roles[k] == "weight"]
    return [*weights, EVERY] if len(site.shared) > len(weights) > 0 else weights


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    lost = site.shared if site.choice == EVERY else {site.choice}
    return site.with_parameters({k: np.zeros_like(site.parameters[k]) for k in lost})


FAULT = Fault(
    code="GRF06",
    slug="one-use-only",
    title="the gradient of a shared weight lacks the share of one use",
    family="graph",
    doc=__doc__,
    wrong="dW = (a.T @ dy).T",
    right="dW = x.T @ dz + (a.T @ dy).T",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate", "insert-statement"),
)
