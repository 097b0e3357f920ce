"""The kernel is turned by 180 degrees where the input's gradient needs it as it is.

## Rule
Each output hands its gradient back to where it has looked, with the same weight.

    y_p = sum_a w_a x_(p+a)
    dL/dx_(p+a) += w_a dL/dy_p                 scattered: not flipped
    dL/dx_j = sum_a w_a dL/dy_(j-a)            gathered: the index runs backwards

## Symptom
Layers below the convolution are wrong; its own weight and bias are right.

## Cause
Texts say that the backward pass rotates the kernel. That is so where the result is gathered by
one more cross-correlation; in a loop that scatters it is one flip too many, and gathering without
it one too few. A forward pass that flips turns both around.

## Fix
Take the flip out, or put it in: np.flip(W, axis=(2, 3)).

## Hidden when
The kernel has one element, or looks the same after half a turn.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5; asked about in
https://github.com/ddbourgin/numpy-ml/issues/27 and
https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/169.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.convolution._convolution import (
    KERNELS,
    flipped,
    kernel,
    passes_on,
    with_weight,
)
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not passes_on(site, KERNELS) or max(kernel(site)) == 1:
        return None
    return with_weight(site, flipped(site.parameters["weight"]))


FAULT = Fault(
    code="CNV01",
    slug="kernel-flipped",
    title="the gradient of a convolution's input is made with a flipped kernel",
    family="convolution",
    doc=__doc__,
    wrong="dX[window] += np.rot90(W, 2, axes=(2, 3)) * dY[p]",
    right="dX[window] += W * dY[p]",
    inject=inject,
    repairs=("drop-call", "wrap-call"),
)
