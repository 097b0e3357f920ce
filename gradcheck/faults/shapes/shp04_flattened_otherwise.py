"""What was flattened is put back in another order.

## Rule
The gradient is cut up as the value was strung together, the last axis running fastest.

    row = x.reshape(m, -1)
    dx = drow.reshape(x.shape)

## Symptom
All layers before the flattening are wrong; those behind it are right. The entries are all there,
in other places, so that norms don't show it.

## Cause
order="F" on one side, as in a port from MATLAB; or channels first on one side and last on the
other.

## Fix
Reshape to the shape, and in the order, of the forward pass.

## Hidden when
All axes but one have length 1.

## Sources
Magnus and Neudecker, *Matrix Differential Calculus* (1999), chapter 2, section 4; seen in
https://github.com/wuziheng/CNN-Numpy/issues/2.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

COLUMNS, CHANNELS = "first axis fastest", "channels last"


def choices(site: Site) -> list[str]:
    long = [n for n in site.inputs[0].shape[1:] if n > 1]
    if site.op.name != "flatten" or site.before is None or len(long) < 2:
        return []
    # With one axis behind the channels the two orders are the same.
    return [COLUMNS, CHANNELS] if site.inputs[0].ndim > 3 else [COLUMNS]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    samples, *shape = site.inputs[0].shape
    if site.choice == COLUMNS:
        turned = site.upstream.reshape(samples, *shape[::-1])
        return site.with_first(turned.transpose(0, *range(len(shape), 0, -1)))
    turned = site.upstream.reshape(samples, *shape[1:], shape[0])
    return site.with_first(np.moveaxis(turned, -1, 1))


FAULT = Fault(
    code="SHP04",
    slug="flattened-otherwise",
    title="a flattened gradient is put back in another order of axes",
    family="shapes",
    doc=__doc__,
    wrong='dx = drow.reshape(x.shape, order="F")',
    right="dx = drow.reshape(x.shape)",
    choices=choices,
    inject=inject,
    repairs=("change-axis", "drop-call"),
)
