"""The sum runs over the units; it fits only because there are as many samples as units.

## Rule
Each unit has a bias of its own; what is summed over are the samples, the rows here.

    z_nj = sum_i x_ni w_ij + b_j
    dL/db_j = sum_n delta_nj

## Symptom
The bias's gradient holds one sum for each sample. As a rule its length shows it; where batch
and layer happen to be equally long nothing complains, and the entries are unrelated to the true
ones.

## Cause
The wrong axis, often from a program whose samples are columns.

## Fix
delta.sum(axis=0) where samples are rows, axis=1 where they are columns.

## Hidden when
There are as many samples as units, and the deltas are symmetric.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP3; seen in
https://github.com/deeplearning4j/deeplearning4j/pull/364. With other sizes the shape is wrong:
GRD03.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    shape = site.upstream.shape
    if site.target is None or site.op.name != "dense" or shape != 2 * shape[:1] or shape[0] == 1:
        return None
    return site.with_parameters({site.target: site.upstream.sum(axis=1)})


FAULT = Fault(
    code="BIA04",
    slug="bias-summed-over-units",
    title="a bias's gradient is summed over the units, not over the samples",
    family="bias",
    doc=__doc__,
    wrong="db = delta.sum(axis=1)",
    right="db = delta.sum(axis=0)",
    each=("bias",),
    inject=inject,
    repairs=("change-axis",),
)
