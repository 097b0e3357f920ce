"""The gradient is divided by the deviation, and the mean and variance are taken for constants.

## Rule
Mean and variance depend on every x of the batch.

    xhat = (x - mu) / sqrt(var + eps)
    dx = (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat)) / sqrt(var + eps)

## Symptom
The norm's own weight and bias are right, all layers below it wrong: they go on pushing what the
norm takes out again, a shift and a scale.

## Cause
The backward pass is that of an affine layer, as if with the running averages of inference.

## Fix
Add the two terms of the statistics.

## Hidden when
In evaluation the statistics are constants, and this is right.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; seen in
https://github.com/abhiskk/ladder/issues/2.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Constant(Norm):
    def of_mean(self) -> Array:
        return np.zeros(self.view)

    def of_variance(self) -> Array:
        return np.zeros(self.view)


def inject(site: Site) -> Gradients | None:
    return _Constant(site).gradients() if site.op.name == "batch_norm" else None


FAULT = Fault(
    code="BNM01",
    slug="statistics-held-constant",
    title="batch norm's mean and variance are treated as constants in the backward pass",
    family="batch norm",
    doc=__doc__,
    wrong="dx = dxhat / np.sqrt(var + eps)",
    right="dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / np.sqrt(var + eps)",
    inject=inject,
)
