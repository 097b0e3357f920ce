"""The variance's share in the gradient of the mean sums x instead of its deviations.

## Rule
Deviations from the mean add up to zero.

    dvar/dmu = -2/m sum(x - mu) = 0, not -2/m sum(x)
    dL/dmu = -sum(dxhat) / sqrt(var + eps)

## Symptom
All layers below the norm are wrong, by as much as the mean of x is off zero; the norm's own
weight and bias are right.

## Cause
The term is written out, with x where x - mu is meant.

## Fix
Leave the term out, or put the mean into it.

## Hidden when
The mean of x is zero, or weight * dy has no correlation with x, as nearly in a large batch.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; perhaps meant in
https://github.com/apache/mxnet/issues/1053, where the term may as well be the one that is zero.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Straying(Norm):
    def of_mean(self) -> Array:
        """Add the term, in units of the inverse deviation as all that is averaged here."""
        spread = self.average(self.dxhat() * self.xhat) * self.inverse()
        return np.asarray(super().of_mean() - self.mu * spread)


def inject(site: Site) -> Gradients | None:
    return _Straying(site).gradients() if site.op.name == "batch_norm" else None


FAULT = Fault(
    code="BNM04",
    slug="stray-term-in-the-mean",
    title="batch norm's gradient of the mean has a term that should be zero and is not",
    family="batch norm",
    doc=__doc__,
    wrong="dmu = -dxhat.sum(0) / std + dvar * -2 * x.mean(0)",
    right="dmu = -dxhat.sum(0) / std + dvar * -2 * (x - mu).mean(0)",
    inject=inject,
    repairs=("insert-statement",),
)
