"""The gradient of the padded input is cut to size at its end, so that it stays shifted.

## Rule
What has been put around the input is taken off all around.

    P = pad(X, p),   dL/dX_j = dL/dP_(j+p)
    dX = dP[p : p + height, p : p + width]

## Symptom
Layers below the convolution are wrong, its own weight and bias right. The input's gradient is
shifted by the padding.

## Cause
dP[:height, :width], or no cropping at all with an assignment that happens to fit.

## Fix
dP[:, :, p : p + height, p : p + width].

## Hidden when
There is no padding.

## Sources
Dumoulin and Visin, *A Guide to Convolution Arithmetic for Deep Learning* (2016), section 4.4.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import at, windows
from gradcheck.faults.convolution._convolution import on_padded, passes_on
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not passes_on(site) or not any(windows(site).padding):
        return None
    (dp,) = on_padded(site, windows(site).padded(site.inputs[0])).inputs
    assert dp is not None
    return site.with_first(dp[at(map(slice, windows(site).size))])


FAULT = Fault(
    code="CNV07",
    slug="padding-not-cropped",
    title="the padding is cut off the wrong end of the input's gradient",
    family="convolution",
    doc=__doc__,
    wrong="dX = dP[:, :, :height, :width]",
    right="dX = dP[:, :, p : p + height, p : p + width]",
    inject=inject,
    repairs=("change-index",),
)
