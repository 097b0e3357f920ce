"""Elements that are close to the largest of their window pass for it.

## Rule
Only the largest element moves the maximum.

    y = max over k of x_k
    dy/dx_k = 1 for the largest, 0 for every other, however close

## Symptom
Layers below a max pooling have wrong gradients: in windows with close elements more than one gets
the whole gradient.

## Cause
The mask is made by comparing floating point numbers with a tolerance that is meant for rounding,
but is as large as the gaps between pixels.

## Fix
Remember the index in the forward pass (argmax), or compare exactly: the maximum is a copy.

## Hidden when
All gaps are larger than the tolerance.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.3; seen in
https://github.com/mni-ml/framework/pull/22.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.pooling._pooling import Pool
from gradcheck.op import Gradients

TOLERANCES = ("0.1", "0.01")


class _Close(Pool):
    def winners(self) -> Array:
        elements = self.elements()
        tolerance = float(self.site.choice or 0)
        return np.where(elements > elements.max(axis=0) - tolerance, 1.0, 0.0)


def choices(site: Site) -> list[str]:
    fits = site.op.name == "max_pool2d" and Pool(site).lay.kernel != (1, 1)
    return list(TOLERANCES) if fits else []


def inject(site: Site) -> Gradients | None:
    return _Close(site).gradients() if site.choice else None


FAULT = Fault(
    code="POL02",
    slug="maxima-compared-loosely",
    title="the mask of the largest elements is compared with a tolerance and lets rivals in",
    family="pooling",
    doc=__doc__,
    wrong="dX[window] += (window > window.max() - 0.1) * dY[p]",
    right="dX[window] += (window == window.max()) * dY[p]",
    choices=choices,
    inject=inject,
    repairs=("replace-name",),
)
