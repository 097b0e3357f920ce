"""An input that several windows see keeps the gradient of the last of them only.

## Rule
All windows that see an input add to its gradient.

    y_p = sum_a w_a x_(s p + a)
    dL/dx_j = sum over all p, a with s p + a = j of w_a dL/dy_p

## Symptom
Layers below the convolution have gradients that are too small; its own are right.

## Cause
dX[window] = ... in the loop over windows.

## Fix
dX[window] += ..., beginning with zeros.

## Hidden when
Windows do not overlap: the stride is the kernel's size, or there is one window.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import windows
from gradcheck.faults.convolution._convolution import merged, passes_on
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not passes_on(site):
        return None
    lay = windows(site)
    reach = [d * (k - 1) + 1 for d, k in zip(lay.dilation, lay.kernel, strict=True)]
    if all(s >= r or m == 1 for s, r, m in zip(lay.stride, reach, lay.counts, strict=True)):
        return None
    return site.with_first(merged(site, overwriting=True))


FAULT = Fault(
    code="CNV05",
    slug="overlapping-windows-overwrite",
    title="where a convolution's windows overlap, the last one overwrites the input's gradient",
    family="convolution",
    doc=__doc__,
    wrong="dX[window] = W * dY[p]",
    right="dX[window] += W * dY[p]",
    inject=inject,
    repairs=("assign-to-accumulate",),
)
