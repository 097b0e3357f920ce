"""The means of the backward pass run over the samples, as in batch norm.

## Rule
The backward pass averages over what the forward pass has averaged over.

    mu_n = mean over j of x_nj
    dx_nj = s_n (dxhat_nj - mean over j of dxhat_nj - xhat_nj mean over j of dxhat_nj xhat_nj)

## Symptom
The norm's own weight and bias are right, all layers below it wrong. A sample's gradient depends
on which others are in the batch.

## Cause
axis=0 is carried over from batch norm; keepdims lets it broadcast.

## Fix
Average over the features, axis=-1.

## Hidden when
Never.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3; Wu and He, *Group Normalization*
(2018), section 3.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import OF_SAMPLES, Norm
from gradcheck.op import Gradients


class _OverBatch(Norm):
    def average(self, each: Array) -> Array:
        return np.asarray(each.mean(axis=0, keepdims=True))


def inject(site: Site) -> Gradients | None:
    return _OverBatch(site).gradients() if site.op.name in OF_SAMPLES else None


FAULT = Fault(
    code="LNM01",
    slug="averaged-over-the-batch",
    title="a norm of single samples averages over the batch in its backward pass",
    family="layer norm",
    doc=__doc__,
    wrong="dx = (dxhat - dxhat.mean(0, keepdims=True) - ...) / std",
    right="dx = (dxhat - dxhat.mean(-1, keepdims=True) - ...) / std",
    inject=inject,
    repairs=("change-axis",),
)
