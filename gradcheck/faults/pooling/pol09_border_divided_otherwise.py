"""Averages of windows that hang over the edge count the padding in one pass only.

## Rule
Both passes divide by the same number.

    y = 1/k sum of the window; k counts the padding, or does not
    dL/dx_j = dL/dy / k, with the same k

## Symptom
Layers below the pooling have gradients that are off by what comes from the edges; the inside is
right.

## Cause
The backward pass has the kernel's size where the forward pass has the number of elements inside
the image, or the other way round (count_include_pad of other libraries).

## Fix
Divide by the array of counts that the forward pass has used.

## Hidden when
There is no padding.

## Sources
Dumoulin and Visin, *A Guide to Convolution Arithmetic for Deep Learning* (2016), chapter 3, on
pooling; what is counted is a convention, see `avg_pool2d`.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import again, windows
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "avg_pool2d" or not any(windows(site).padding):
        return None
    other = {**site.options, "count_include_pad": not site.options["count_include_pad"]}
    return again(site, options=other)


FAULT = Fault(
    code="POL09",
    slug="border-divided-otherwise",
    title="windows over the edge are divided by another count than in the forward pass",
    family="pooling",
    doc=__doc__,
    wrong="dX[window] += dY[p] / (kh * kw)",
    right="dX[window] += dY[p] / counts[p]     # as in the forward pass",
    inject=inject,
    repairs=("replace-name",),
)
