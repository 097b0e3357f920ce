"""An average pooling's gradient is not divided by the number of elements in a window.

## Rule
Each element has its share in the mean.

    y = 1/k sum over k elements of x_j
    dL/dx_j = dL/dy / k

## Symptom
All layers below the pooling have gradients too large by the number of elements of a window, 4 for
windows of 2 by 2; for a mean over the whole image by the number of its pixels.

## Cause
np.repeat or np.kron spreads dY over the windows, and the mean's 1/k is forgotten.

## Fix
Divide by the kernel's size, or by what the forward pass has divided by.

## Hidden when
The windows have one element.

## Sources
LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*
(1998), section II.A; Lin, Chen and Yan, *Network In Network* (2014), section 3.2.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.pooling._pooling import Pool
from gradcheck.op import Gradients


class _Undivided(Pool):
    def shares(self) -> Array:
        return np.ones(self.elements().shape)


def inject(site: Site) -> Gradients | None:
    if site.op.name == "avg_pool2d":
        return _Undivided(site).gradients() if len(Pool(site).seen) > 1 else None
    if site.op.name != "global_avg_pool":
        return None
    spread = site.upstream.reshape(*site.upstream.shape, *(1 for _ in site.inputs[0].shape[2:]))
    return site.with_first(np.broadcast_to(spread, site.inputs[0].shape).copy())


FAULT = Fault(
    code="POL06",
    slug="mean-not-divided",
    title="an average pooling hands on its gradient without dividing by the number of elements",
    family="pooling",
    doc=__doc__,
    wrong="dX = np.kron(dY, np.ones((2, 2)))",
    right="dX = np.kron(dY, np.ones((2, 2))) / 4",
    inject=inject,
    repairs=("divide",),
)
