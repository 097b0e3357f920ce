"""Where the stride does not divide the length, the left-over rows are taken to be in front.

## Rule
What is behind the last window is in no window.

    m = (height + 2 p - k) // s + 1
    dL/dx_j = 0 for j + p >= s (m - 1) + k
    dL/dw_a = sum_p dL/dy_p x_(s p + a), a < k

## Symptom
The layers below the convolution, or its weight, are wrong, in layers with rows left over only.
Without anything that fills up or cuts off the gradient has another shape, GRD03.

## Cause
The delta with zeros in between gives s (m - 1) + k rows. They are filled up to the height in
front, or a weight gradient with too many rows is cut in front.

## Fix
Fill up and cut off at the end.

## Hidden when
height + 2 p - k is a multiple of the stride.

## Sources
Dumoulin and Visin, *A Guide to Convolution Arithmetic for Deep Learning* (2016), section 4.6;
seen in https://github.com/PKUFlyingPig/CMU10-714/issues/6 and
https://github.com/f-dangel/backpack/issues/30.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import at, windows
from gradcheck.faults.convolution._convolution import CONVOLUTIONS, on_padded
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    """Tell whose gradient is displaced."""
    fits = site.op.name in CONVOLUTIONS and any(windows(site).left_over())
    places = ["input", "weight"] if site.before else ["weight"]
    return places if fits else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    lay = windows(site)
    padded, rest = lay.padded(site.inputs[0]), lay.left_over()
    if site.choice == "weight":
        shifted = padded[at(slice(r, None) for r in rest)]
        return site.with_parameters({"weight": on_padded(site, shifted).parameters["weight"]})
    (dp,) = on_padded(site, padded).inputs
    assert dp is not None
    return site.with_first(lay.cropped(np.roll(dp, rest, axis=tuple(range(2, dp.ndim)))))


FAULT = Fault(
    code="CNV09",
    slug="left-over-rows-misplaced",
    title="rows that are left over behind the last window are counted at the wrong end",
    family="convolution",
    doc=__doc__,
    wrong="dP = np.pad(full, ((0, 0), (0, 0), (rest, 0), (rest, 0)))",
    right="dP = np.pad(full, ((0, 0), (0, 0), (0, rest), (0, rest)))",
    choices=choices,
    inject=inject,
    repairs=("swap-operands",),
)
