"""The term that the mean of the features makes is missing.

## Rule
Each feature moves the mean of its sample, and with it all other features.

    xhat = (x - mean(x)) s
    dx = s (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat))

## Symptom
The norm's own weight and bias are right, all layers below it wrong. A sample's gradient does not
add up to zero.

## Cause
The formula of the root mean square norm, which takes off no mean; or a forgotten term.

## Fix
Take off the mean of dxhat.

## Hidden when
weight * dy has mean zero in every sample.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3; Zhang and Sennrich, *Root Mean
Square Layer Normalization* (2019), section 4, for the norm without it.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import CENTRED, Norm
from gradcheck.op import Gradients


class _Meanless(Norm):
    def of_mean(self) -> Array:
        return np.zeros(self.view)


def inject(site: Site) -> Gradients | None:
    return _Meanless(site).gradients() if site.op.name in CENTRED else None


FAULT = Fault(
    code="LNM03",
    slug="mean-term-missing",
    title="a norm of single samples leaves out the mean of the gradient",
    family="layer norm",
    doc=__doc__,
    wrong="dx = (dxhat - xhat * (dxhat * xhat).mean(-1)) / std",
    right="dx = (dxhat - dxhat.mean(-1) - xhat * (dxhat * xhat).mean(-1)) / std",
    inject=inject,
)
