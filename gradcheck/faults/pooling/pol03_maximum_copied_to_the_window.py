"""A max pooling hands the whole gradient to all elements of a window, not to the largest alone.

## Rule
The others could change a little and the maximum would not.

    y = max over k of x_k
    dy/dx_k = 1 if k is the largest, else 0

## Symptom
Layers below the pooling have gradients that are too large and blurred; those above are right.

## Cause
np.repeat, np.kron or an assignment to the window enlarges dY, and the mask is forgotten.

## Fix
Multiply by the mask of the largest element.

## Hidden when
The windows have one element.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.3; Scherer, Müller and Behnke,
*Evaluation of Pooling Operations* (2010), section 3.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.pooling._pooling import Pool
from gradcheck.op import Gradients


class _Copied(Pool):
    def winners(self) -> Array:
        return np.ones(self.elements().shape)


def inject(site: Site) -> Gradients | None:
    fits = site.op.name == "max_pool2d" and len(Pool(site).seen) > 1
    return _Copied(site).gradients() if fits else None


FAULT = Fault(
    code="POL03",
    slug="maximum-copied-to-the-window",
    title="a max pooling hands its gradient to every element of the window",
    family="pooling",
    doc=__doc__,
    wrong="dX[window] += dY[p]",
    right="dX[window] += (X[window] == X[window].max()) * dY[p]",
    inject=inject,
    repairs=("multiply",),
)
