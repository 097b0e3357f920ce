"""Weights of classes or samples are left out of the gradient, or of the softmax's share in it.

## Rule
A weight is a factor of the term, and so of its whole derivative.

    L = -sum(w y log(p))
    dL/dz = p sum(w y) - w y, which is w_c (p - y) for a one-hot y

## Symptom
All gradients are wrong, from the last layer inwards. Each sample is off by its own weight;
those of weight 1 are right.

## Cause
Weights were added to the loss for rare classes, and p - y was left as it is; or y was weighted
and p was not.

## Fix
Multiply the sample's whole delta by its weight.

## Hidden when
All weights are 1.

## Sources
King and Zeng, *Logistic Regression in Rare Events Data* (2001), on weighting.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import labels, probability, relabelled, targets, weighted
from gradcheck.op import Gradients

DROPPED, HALF = "no weights", "p unweighted"


def choices(site: Site) -> list[str]:
    kind = site.options.get("from")
    if site.op.name == "triplet":
        return [DROPPED]
    if site.op.name != "cross_entropy" or site.inputs[1].ndim != site.inputs[0].ndim:
        return []
    if np.allclose(site.inputs[1].sum(axis=-1), 1):
        return []
    return [DROPPED, HALF] if kind == "logits" else [DROPPED]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    if site.op.name == "triplet":
        return relabelled(site, np.ones_like(site.inputs[1]))
    if site.choice == HALF:
        return weighted(site, probability(site) - targets(site))
    rows = labels(site)
    return relabelled(site, rows / rows.sum(axis=-1, keepdims=True))


FAULT = Fault(
    code="LOS24",
    slug="weights-missing-in-the-gradient",
    title="weights of classes or samples are in the loss but not in its gradient",
    family="losses",
    doc=__doc__,
    wrong="delta = p - y",
    right="delta = w * (p - y)",
    choices=choices,
    inject=inject,
    repairs=("multiply",),
)
