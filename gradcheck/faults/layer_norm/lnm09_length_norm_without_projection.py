"""Dividing by the length makes the output blind to the length, and its gradient has to be too.

## Rule
What changes the length alone changes nothing.

    y = x / r,   r = sqrt(mean(x**2) + eps)
    dx = (dy - xhat * mean(dy * xhat)) / r

## Symptom
All layers below the norm are wrong, its own weight is right. The gradient has a component along
x.

## Cause
The length is taken for a constant; or the backward pass has it without epsilon.

## Fix
Take off xhat * mean(dy * xhat), with the forward pass's r.

## Hidden when
weight * dy is at right angles to x; epsilon is small against the square.

## Sources
Zhang and Sennrich, *Root Mean Square Layer Normalization* (2019), section 4; Salimans and Kingma,
*Weight Normalization* (2016), section 2, on the projection; seen in
https://github.com/chainer/chainer/pull/4190.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Long(Norm):
    def of_variance(self) -> Array:
        return super().of_variance() * (self.site.choice != "projection")

    def inverse(self) -> Array:
        eps = self.eps * (self.site.choice == "projection")
        return np.asarray(1 / np.sqrt(self.var + eps))


def choices(site: Site) -> list[str]:
    """Tell what is left out."""
    if site.op.name != "rms_norm":
        return []
    return ["projection", "epsilon"] if site.options["eps"] > 0 else ["projection"]


def inject(site: Site) -> Gradients | None:
    return _Long(site).gradients() if site.choice else None


FAULT = Fault(
    code="LNM09",
    slug="length-norm-without-projection",
    title="a norm by length keeps the component along x in its gradient, or forgets epsilon",
    family="layer norm",
    doc=__doc__,
    wrong="dx = dxhat / r",
    right="dx = (dxhat - xhat * (dxhat * xhat).mean(-1)) / r",
    choices=choices,
    inject=inject,
)
