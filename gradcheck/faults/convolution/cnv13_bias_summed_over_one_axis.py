"""The bias's gradient is not summed over samples, rows and columns, but over some of them.

## Rule
A channel's bias is added in every sample at every position.

    y_ncpq = (conv)_ncpq + b_c
    dL/db_c = sum over n, p, q of dL/dy_ncpq

## Symptom
The bias of a convolution is wrong and too small, its weight is right.

## Cause
db[c] = dY[n, c, h, w] in loops, where += is meant, or in one of the loops; the last column, row
or number is left.

## Fix
db = dY.sum(axis=(0, 2, 3)).

## Hidden when
The axis that is left out has one entry. One position alone is BIA12, one sample alone BIA06.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5; seen, not as clearly, in
https://github.com/wkcn/mobula/issues/1.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults.convolution._convolution import KERNELS
from gradcheck.op import Gradients

LEFT = {
    "the last row": lambda dy: dy[:, :, -1].sum(axis=(0, -1)),
    "the last column": lambda dy: dy[..., -1].sum(axis=(0, -1)),
    "the last number": lambda dy: dy[-1].reshape(len(dy[-1]), -1)[:, -1],
}


def choices(site: Site) -> list[str]:
    if site.op.name not in KERNELS or site.target is None:
        return []
    alone = site.upstream[0, 0].size == 1
    return list(LEFT) if site.upstream.ndim == 4 and not alone else ["the last number"]


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.choice is None:
        return None
    return site.with_parameters({site.target: np.array(LEFT[site.choice](site.upstream))})


FAULT = Fault(
    code="CNV13",
    slug="bias-summed-over-one-axis",
    title="a convolution's bias gradient leaves out one of the axes it should sum over",
    family="convolution",
    doc=__doc__,
    wrong="db = dY[:, :, h].sum(axis=(0, 2))         # in a loop over rows h",
    right="db += dY[:, :, h].sum(axis=(0, 2))",
    each=("bias",),
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate", "change-axis"),
)
