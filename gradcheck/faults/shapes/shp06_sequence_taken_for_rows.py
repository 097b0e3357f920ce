"""A sequence is treated as if it had one row for each sample.

## Rule
A layer's weight is used at every step of every sample.

    z_ntj = sum_i x_nti w_ij
    dL/dW = sum_n sum_t outer(x_nt, delta_nt)

## Symptom
The layer's weight and bias and all layers below are wrong: only some of the steps count, those in
the first m rows of the memory, or the first step of each sample.

## Cause
The number of rows is read from shape[0], as is right for a matrix.

## Fix
Reshape to (-1, features) before the products, or sum over both axes.

## Hidden when
The sequences have one step.

## Sources
Stanford CS231n, *Vector, Matrix, and Tensor Derivatives* (course notes by Learned-Miller); seen
in https://github.com/flagos-ai/FlagGems/issues/5392.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import rows
from gradcheck.op import Gradients

MEMORY, STEP = "first rows in memory", "first step"


def choices(site: Site) -> list[str]:
    fits = site.op.name == "dense" and len(rows(site.upstream)) > site.batch
    return [MEMORY, STEP] if fits else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    seen = np.zeros(site.upstream.shape)
    if site.choice == STEP:
        seen[:, 0] = site.upstream[:, 0]
    else:
        rows(seen)[: site.batch] = rows(site.upstream)[: site.batch]
    return site.op.backward(seen, site.cache)


FAULT = Fault(
    code="SHP06",
    slug="sequence-taken-for-rows",
    title="a layer's backward pass takes a sequence for a matrix, and misses most steps",
    family="shapes",
    doc=__doc__,
    wrong="m = len(X); dW = X.reshape(-1, i)[:m].T @ dZ.reshape(-1, j)[:m]",
    right="dW = X.reshape(-1, i).T @ dZ.reshape(-1, j)",
    choices=choices,
    inject=inject,
    repairs=("change-index", "drop-call"),
)
