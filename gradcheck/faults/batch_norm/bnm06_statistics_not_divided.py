"""The 1/m of the mean, of the variance or of both is left out on the way back.

## Rule
A mean hands each element its share.

    mu = 1/m sum(x)               dx += dmu / m
    var = 1/m sum((x - mu)**2)    dx += dvar * 2 (x - mu) / m

## Symptom
The norm's own weight and bias are right, all layers below it wrong and mostly too large.

## Cause
The means of the forward pass are forgotten, np.sum taken where np.mean is meant.

## Fix
Divide both by m, the number of samples, times that of positions for images.

## Hidden when
There is one element.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Undivided(Norm):
    def of_mean(self) -> Array:
        return super().of_mean() * (1 if self.site.choice == "variance" else self.count)

    def of_variance(self) -> Array:
        return super().of_variance() * (1 if self.site.choice == "mean" else self.count)


def choices(site: Site) -> list[str]:
    return ["both", "mean", "variance"] if site.op.name == "batch_norm" else []


def inject(site: Site) -> Gradients | None:
    return _Undivided(site).gradients() if site.choice else None


FAULT = Fault(
    code="BNM06",
    slug="statistics-not-divided",
    title="batch norm's gradients over mean and variance are not divided by the number of elements",
    family="batch norm",
    doc=__doc__,
    wrong="dx = dxhat / std + dvar * 2 * (x - mu) + dmu",
    right="dx = dxhat / std + dvar * 2 * (x - mu) / m + dmu / m",
    choices=choices,
    inject=inject,
    repairs=("divide", "sum-to-mean"),
)
