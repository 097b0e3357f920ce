"""Rows and columns of the kernel are exchanged for the input's gradient.

## Rule
Rows go with rows.

    y_pq = sum_ab w_ab x_(p+a, q+b)
    dL/dx_(p+a, q+b) += w_ab dL/dy_pq, not w_ba

## Symptom
Layers below the convolution are wrong; its own weight and bias are right.

## Cause
W.T or swapaxes, carried over from the dense layer, whose weight is transposed on the way back.
Here the channels change places, not rows and columns.

## Fix
Exchange the channels' axes alone, if any: W.transpose(1, 0, 2, 3).

## Hidden when
The kernel has one element or equals its transpose. Kernels that are not square raise an error
instead.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.convolution._convolution import KERNELS, kernel, passes_on, with_weight
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not passes_on(site, KERNELS):
        return None
    height, *widths = kernel(site)
    if [height] != widths or height == 1:
        return None
    return with_weight(site, site.parameters["weight"].swapaxes(2, 3))


FAULT = Fault(
    code="CNV02",
    slug="kernel-transposed",
    title="the gradient of a convolution's input is made with a kernel whose rows are its columns",
    family="convolution",
    doc=__doc__,
    wrong="dX[window] += W.swapaxes(2, 3) * dY[p]",
    right="dX[window] += W * dY[p]",
    inject=inject,
    repairs=("transpose", "drop-call"),
)
