"""The weight's gradient reads the input at d p + s a instead of s p + d a.

## Rule
The position moves by the stride, the kernel's element by the dilation.

    y_p = sum_a w_a x_(s p + d a)
    dL/dw_a = sum_p dL/dy_p x_(s p + d a)

## Symptom
The weight of a strided or dilated convolution is wrong, all else is right.

## Cause
The weight's gradient is written as a convolution of the input with dY as its kernel. Then the
forward pass's stride is its dilation and the other way round; they are passed on as they are, or
exchanged where they are explicit.

## Fix
convolve(X, dY, stride=dilation, dilation=stride) if dY is the kernel.

## Hidden when
Stride and dilation are equal, or the windows do not fit, which raises an error.

## Sources
Dumoulin and Visin, *A Guide to Convolution Arithmetic for Deep Learning* (2016), chapter 5; asked
about in https://github.com/sebgao/cTensor/issues/3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import windows
from gradcheck.faults.convolution._convolution import CONVOLUTIONS, with_steps
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name not in CONVOLUTIONS or windows(site).stride == windows(site).dilation:
        return None
    swapped = with_steps(site, stride=windows(site).dilation, dilation=windows(site).stride)
    return swapped and site.with_parameters({"weight": swapped.parameters["weight"]})


FAULT = Fault(
    code="CNV11",
    slug="dilation-and-stride-swapped",
    title="stride and dilation change places in a convolution's weight gradient",
    family="convolution",
    doc=__doc__,
    wrong="dW[:, :, a] += dY[:, :, p] * X[:, :, d * p + s * a]",
    right="dW[:, :, a] += dY[:, :, p] * X[:, :, s * p + d * a]",
    inject=inject,
    repairs=("replace-name",),
)
