"""The sum has no axis, so every entry of a bias gets the total of all units.

## Rule
Each unit has a bias of its own, moved by that unit's deltas alone.

    z_nj = sum_i x_ni w_ij + b_j
    dL/db_j = sum_n delta_nj

## Symptom
All entries of a bias's gradient are equal: the sum of the true ones. The single number is
spread over the bias without a complaint. Behind a softmax it is zero, and the gradient that of
BIA01.

## Cause
np.sum(delta) without an axis.

## Fix
Sum over the samples only: delta.sum(axis=0).

## Hidden when
The layer has one unit.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP3; seen in
https://github.com/rasbt/stat453-deep-learning-ss21/issues/5.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.parameters[site.target].size == 1:
        return None
    right = site.gradients.parameters[site.target]
    return site.with_parameters({site.target: np.full_like(right, right.sum())})


FAULT = Fault(
    code="BIA03",
    slug="bias-summed-over-all",
    title="a bias's gradient is summed over everything, one number for all units",
    family="bias",
    doc=__doc__,
    wrong="db = np.sum(delta)",
    right="db = np.sum(delta, axis=0)",
    each=("bias",),
    inject=inject,
    repairs=("change-axis",),
)
