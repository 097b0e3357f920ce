"""The 1/m of the mean, of the variance or of both is left out on the way back.

## Rule
A mean hands each element its share.

    mu = 1/m sum(x),   var = 1/m sum((x - mu)**2)
    dx = s (dxhat - 1/m sum(dxhat) - xhat * 1/m sum(dxhat * xhat))

## Symptom
The norm's own weight and bias are right, all layers below it wrong and mostly too large.

## Cause
np.sum where np.mean is meant; or a form that has m * dxhat, and 1/m in front is left out.

## Fix
Take means over the features.

## Hidden when
There is one feature.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import CENTRED, OF_SAMPLES, Norm
from gradcheck.op import Gradients


class _Summed(Norm):
    def of_mean(self) -> Array:
        return super().of_mean() * (1 if self.site.choice == "variance" else self.count)

    def of_variance(self) -> Array:
        return super().of_variance() * (1 if self.site.choice == "mean" else self.count)


def choices(site: Site) -> list[str]:
    if site.op.name not in OF_SAMPLES:
        return []
    return ["both", "mean", "variance"] if site.op.name in CENTRED else ["both"]


def inject(site: Site) -> Gradients | None:
    return _Summed(site).gradients() if site.choice else None


FAULT = Fault(
    code="LNM05",
    slug="sums-for-means",
    title="a norm of single samples takes sums over the features where means belong",
    family="layer norm",
    doc=__doc__,
    wrong="dx = (dxhat - dxhat.sum(-1) - xhat * (dxhat * xhat).sum(-1)) / std",
    right="dx = (dxhat - dxhat.mean(-1) - xhat * (dxhat * xhat).mean(-1)) / std",
    choices=choices,
    inject=inject,
    repairs=("sum-to-mean", "divide"),
)
