"""The means are taken of dy, and the weight is multiplied in the end.

## Rule
The weight differs from feature to feature, and the means run over features.

    dxhat = w * dy
    dx = s (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat))

## Symptom
The norm's own weight and bias are right, all layers below it wrong.

## Cause
Batch norm allows it, where the means run over samples that share their weight.

## Fix
Multiply by the weight first.

## Hidden when
All weights are equal, as after the usual initialisation.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import OF_SAMPLES, Norm
from gradcheck.op import Gradients


class _After(Norm):
    def dxhat(self) -> Array:
        return self.site.upstream.reshape(self.view)

    def dx(self) -> Array:
        return self.scale() * super().dx()


def inject(site: Site) -> Gradients | None:
    # All elements that are normalised together have one weight in an instance norm.
    fits = site.op.name in OF_SAMPLES and site.op.name != "instance_norm" and site.options["affine"]
    return _After(site).gradients() if fits else None


FAULT = Fault(
    code="LNM02",
    slug="scale-applied-after-the-means",
    title="a norm's weight multiplies after the means of the backward pass, not before",
    family="layer norm",
    doc=__doc__,
    wrong="dx = gamma * (dy - dy.mean(-1) - xhat * (dy * xhat).mean(-1)) / std",
    right="dx = (gamma * dy - (gamma * dy).mean(-1) - xhat * (gamma * dy * xhat).mean(-1)) / std",
    inject=inject,
)
