"""The kernel's gradient is right but for its order: it is turned by half a turn.

## Rule
The gradient of an element is laid down where the element is.

    y_p = sum_a w_a x_(p+a)
    dL/dw_a = sum_p dL/dy_p x_(p+a)        a cross-correlation too, not flipped

## Symptom
One weight is wrong, and exactly flipped along both axes; all else is right.

## Cause
A true convolution (scipy.signal.convolve2d) of input and delta instead of a correlation; or a
forward pass that flips while the backward pass does not.

## Fix
Turn it back with np.flip(dW, axis=(2, 3)), or use correlate2d.

## Hidden when
The kernel has one element.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5; asked about in
https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/168.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.convolution._convolution import KERNELS, flipped, kernel
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name not in KERNELS or max(kernel(site)) == 1:
        return None
    return site.with_parameters({"weight": flipped(site.gradients.parameters["weight"])})


FAULT = Fault(
    code="CNV03",
    slug="weight-gradient-rotated",
    title="the gradient of a convolution's kernel comes out turned by 180 degrees",
    family="convolution",
    doc=__doc__,
    wrong="dW = np.flip(correlate(X, dY), axis=(2, 3))",
    right="dW = correlate(X, dY)",
    inject=inject,
    repairs=("drop-call", "wrap-call"),
)
