"""The windows of the backward pass start at p, those of the forward pass at stride times p.

## Rule
Both passes look at the same windows.

    y_p = sum_a w_a x_(s p + a)
    dL/dw_a = sum_p dL/dy_p x_(s p + a)
    dL/dx_(s p + a) += w_a dL/dy_p

## Symptom
The weight of a strided convolution and all layers below it are wrong; its bias is right.

## Cause
The corners of the windows are written out a second time, and the stride is left out: vert_start =
h instead of h * stride.

## Fix
Compute the corners in one place, for both passes.

## Hidden when
The stride is 1, or there is one window only.

## Sources
Dumoulin and Visin, *A Guide to Convolution Arithmetic for Deep Learning* (2016), section 4.5;
seen in https://github.com/enggen/Deep-Learning-Coursera/issues/7 and
https://github.com/Kulbear/deep-learning-coursera/pull/34.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import windows
from gradcheck.faults.convolution._convolution import CONVOLUTIONS, with_steps
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name not in CONVOLUTIONS or max(windows(site).counts) == 1:
        return None
    return with_steps(site, stride=(1,)) if max(windows(site).stride) > 1 else None


FAULT = Fault(
    code="CNV04",
    slug="stride-ignored",
    title="a convolution's backward pass takes windows one step apart, whatever the stride",
    family="convolution",
    doc=__doc__,
    wrong="window = X[:, :, h : h + k, w : w + k]",
    right="window = X[:, :, h * s : h * s + k, w * s : w * s + k]",
    inject=inject,
    repairs=("multiply",),
)
