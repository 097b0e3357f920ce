"""The gradient of joined parts is cut up in another place, or in another order, than they lie.

## Rule
Each part gets back its own stretch.

    y = [a, b]
    dL/da = the first entries of dL/dy, as many as a has
    dL/db = the rest

## Symptom
All layers before the joint are wrong, on both branches or on the second; the layers behind it
are right.

## Cause
The parts are listed in another order than in the forward pass, or a boundary is one off.

## Fix
Cut at the widths of the parts, in their order.

## Hidden when
The stretches are equal.

## Sources
Huang, Liu, van der Maaten and Weinberger, *Densely Connected Convolutional Networks* (2017),
section 3; seen in
https://community.deeplearning.ai/t/dls-c5-week-1-ex7-lstm-cell-backward/405415.
"""

from itertools import accumulate

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    return ["other order", "one early"] if site.op.name == "concat" else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    axis = site.options["axis"]
    widths = [x.shape[axis] for x in site.inputs]
    ends = list(accumulate(widths))
    # Counted from the other end, a part begins where those behind it end.
    turned = [ends[-1] - end for end in ends]
    early = [max(0, end - width - 1) for end, width in zip(ends, widths, strict=True)]
    starts = turned if site.choice == "other order" else early
    parts = zip(starts, widths, strict=True)
    return site.with_inputs(*(site.upstream.take(np.arange(a, a + n), axis=axis) for a, n in parts))


FAULT = Fault(
    code="GRF08",
    slug="joined-parts-cut-wrongly",
    title="the gradient of joined parts is cut up in the wrong place or order",
    family="graph",
    doc=__doc__,
    wrong="db, da = dy[:, :n], dy[:, n:]",
    right="da, db = dy[:, :n], dy[:, n:]",
    choices=choices,
    inject=inject,
    repairs=("change-index", "replace-name"),
)
