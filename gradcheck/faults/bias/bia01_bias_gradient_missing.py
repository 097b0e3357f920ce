"""A bias's gradient is never computed and stays zero.

## Rule
A bias moves the pre-activation of every sample by as much as itself.

    z_nj = sum_i x_ni w_ij + b_j
    dz_nj/db_j = 1
    dL/db_j = sum_n delta_nj

## Symptom
The gradient of a bias is zero in every entry while the weights' are right. The bias keeps its
initial value, usually zero, and the network trains almost as well; so it goes unnoticed.

## Cause
The gradient's array is allocated, and no line of the backward pass fills it.

## Fix
Sum the delta of the layer over the samples, with the same 1/m as the weights have.

## Hidden when
The delta of every unit sums to zero over the batch.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP3; found by a numerical check in
https://blog.primen.dk/numerical-gradient-checking/.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target is None:
        return None
    return site.with_parameters({site.target: np.zeros_like(site.parameters[site.target])})


FAULT = Fault(
    code="BIA01",
    slug="bias-gradient-missing",
    title="the gradient of a bias is never computed and stays zero",
    family="bias",
    doc=__doc__,
    wrong="db = np.zeros_like(b)",
    right="db = delta.sum(axis=0)",
    each=("bias",),
    inject=inject,
    repairs=("insert-statement",),
)
