"""An element that is in several windows keeps the gradient of the last of them only.

## Rule
What reaches the loss over several windows gets the sum.

    y_p = max or mean of the x_j in window p
    dL/dx_j = sum over all p with j in window p of dL/dy_p dy_p/dx_j

## Symptom
Layers below the pooling have gradients that are too small.

## Cause
dX[window] = ... in the loop over windows; or dX[index] += ... with an array of indices, which
adds once for an index that is there twice.

## Fix
dX[window] += ..., or np.add.at(dX, index, ...).

## Hidden when
The stride is the kernel's size or more, so that windows do not overlap.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.5.2, on summing over paths;
seen in https://github.com/FluxML/Flux.jl/issues/1197 and
https://github.com/devitocodes/joey/pull/5.
"""

from collections.abc import Iterable

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import Seen
from gradcheck.faults.pooling._pooling import POOLS, Pool, overlaps
from gradcheck.op import Gradients


class _Overwriting(Pool):
    def merged(self, parts: Iterable[tuple[Seen, Array]]) -> Array:
        """Assign in the order of the windows: the last window has an element the earliest."""
        dx = self.lay.padded(np.zeros(self.site.inputs[0].shape))
        winners = self.winners() > 0 if self.site.choice == "largest" else None
        for k, (seen, part) in reversed(list(enumerate(parts))):
            dx[seen] = part if winners is None else np.where(winners[k], part, dx[seen])
        return dx


def choices(site: Site) -> list[str]:
    """Tell whether whole windows are written or, of a maximum, its largest element alone."""
    if site.op.name not in POOLS or not overlaps(site):
        return []
    return ["window", "largest"] if site.op.name == "max_pool2d" else ["window"]


def inject(site: Site) -> Gradients | None:
    return _Overwriting(site).gradients() if site.choice else None


FAULT = Fault(
    code="POL05",
    slug="pooled-windows-overwrite",
    title="where pooling windows overlap, the last one overwrites what the others have sent",
    family="pooling",
    doc=__doc__,
    wrong="dX[window] = mask * dY[p]",
    right="dX[window] += mask * dY[p]",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate",),
)
