"""The gradient of xhat is dy itself, without the weight.

## Rule
What multiplies on the way there multiplies on the way back.

    y = w xhat + b
    dL/dxhat = w * dL/dy

## Symptom
The norm's own weight and bias are right, all layers below it wrong, by a factor for each feature.

## Cause
dxhat = dy; a check with freshly initialised weights passes, as they are 1.

## Fix
dxhat = dy * weight. Check with random weights.

## Hidden when
Every weight is 1, as after the usual initialisation.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; seen in
https://github.com/denizyuret/Knet.jl/issues/288.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Unscaled(Norm):
    def scale(self) -> Array:
        return np.ones(self.view)


def inject(site: Site) -> Gradients | None:
    fits = site.op.name == "batch_norm" and site.options["affine"]
    return _Unscaled(site).gradients() if fits else None


FAULT = Fault(
    code="BNM07",
    slug="scale-forgotten",
    title="batch norm's weight is missing in the gradient of its input",
    family="batch norm",
    doc=__doc__,
    wrong="dxhat = dy",
    right="dxhat = dy * gamma",
    inject=inject,
    repairs=("multiply",),
)
