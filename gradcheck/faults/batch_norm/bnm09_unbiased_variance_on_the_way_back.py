"""The backward pass is that of the unbiased variance, the forward pass has the biased one.

## Rule
The derivative belongs to the variance that was used.

    var = 1/m sum((x - mu)**2)
    dx += dvar * 2 (x - mu) / m

## Symptom
All layers below the norm are off by a share of about 1/m; the norm's own weight and bias are
right.

## Cause
The running average is unbiased (m - 1), the batch's own variance is not.

## Fix
Use m in both.

## Hidden when
The batch is large.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.1; the confusion is discussed in
https://github.com/pytorch/pytorch/issues/19902.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Unbiased(Norm):
    def of_variance(self) -> Array:
        return super().of_variance() * self.count / (self.count - 1)


def inject(site: Site) -> Gradients | None:
    return _Unbiased(site).gradients() if site.op.name == "batch_norm" else None


FAULT = Fault(
    code="BNM09",
    slug="unbiased-variance-on-the-way-back",
    title="batch norm divides by m - 1 in the derivative of a variance that was divided by m",
    family="batch norm",
    doc=__doc__,
    wrong="dx = dxhat / std + dvar * 2 * (x - mu) / (m - 1) + dmu / m",
    right="dx = dxhat / std + dvar * 2 * (x - mu) / m + dmu / m",
    inject=inject,
    repairs=("replace-name",),
)
