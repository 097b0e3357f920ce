"""The paddings of height and width are exchanged on the way back.

## Rule
A window's element belongs to the row from which the padding of the rows is taken off.

    row = stride * p + a - padding of the height
    column = stride * q + b - padding of the width

## Symptom
All layers before the convolution are wrong: the gradient of its input is shifted, one way in the
rows and the other way in the columns. Its own weight and bias are right.

## Cause
One of two nearly equal lines was not changed after copying. Tests use square images.

## Fix
Take off each axis its own padding.

## Hidden when
Both paddings are equal.

## Sources
Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016), section 2; seen
in https://github.com/renmengye/np-conv2d/pull/2.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import again, at, windows
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "conv2d" or site.before is None:
        return None
    lay = windows(site)
    if lay.padding[0] == lay.padding[1]:
        return None
    bare = {**site.options, "padding": (0,)}
    (padded, *_) = again(site, inputs=(lay.padded(site.inputs[0]),), options=bare).inputs
    # What lies outside belongs to no window.
    more = max(lay.padding)
    wide = np.pad(np.asarray(padded), [(0, 0), (0, 0), (0, more), (0, more)])
    ways = zip(reversed(lay.padding), lay.size, strict=True)
    return site.with_first(wide[at(slice(p, p + n) for p, n in ways)])


FAULT = Fault(
    code="SHP05",
    slug="paddings-exchanged",
    title="height and width exchange their paddings in the gradient of a convolution's input",
    family="shapes",
    doc=__doc__,
    wrong="row, column = s * p + a - pad_w, s * q + b - pad_h",
    right="row, column = s * p + a - pad_h, s * q + b - pad_w",
    inject=inject,
    repairs=("replace-name", "change-index"),
)
