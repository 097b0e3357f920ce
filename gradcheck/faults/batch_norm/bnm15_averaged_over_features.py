"""The means of the backward pass run over the features of a sample, not over the batch.

## Rule
The backward pass averages over what the forward pass has averaged over.

    mu_j = mean over n of x_nj
    dx_nj = s_j (dxhat_nj - mean over n of dxhat_nj - xhat_nj mean over n of dxhat_nj xhat_nj)

## Symptom
The norm's own weight and bias are right, all layers below it wrong.

## Cause
axis=1 for axis=0; broadcasting lets both pass if keepdims is set.

## Fix
Average over the samples (and positions).

## Hidden when
Never.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; Ba, Kiros and Hinton, *Layer
Normalization* (2016), section 3, for the other axis.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _OverFeatures(Norm):
    def average(self, each: Array) -> Array:
        return np.asarray(each.mean(axis=1, keepdims=True))


def inject(site: Site) -> Gradients | None:
    return _OverFeatures(site).gradients() if site.op.name == "batch_norm" else None


FAULT = Fault(
    code="BNM15",
    slug="averaged-over-features",
    title="batch norm's backward pass averages over the features, as layer norm does",
    family="batch norm",
    doc=__doc__,
    wrong="dx = (dxhat - dxhat.mean(1, keepdims=True) - ...) / std",
    right="dx = (dxhat - dxhat.mean(0, keepdims=True) - ...) / std",
    inject=inject,
    repairs=("change-axis",),
)
