"""The size of a violated margin stands where its derivative, 1, belongs.

## Rule
The derivative of max(0, u) is 1 or 0, however large u is.

    L = sum over j != c of max(0, s_j - s_c + margin)
    dL/ds_j = 1[s_j - s_c + margin > 0]
    dL/ds_c = -(number of such j)

## Symptom
All gradients are wrong, from the last layer inwards. Deltas grow with the violation, as those
of a squared hinge do.

## Cause
The array of margins is reused for the gradient before it is turned into ones.

## Fix
margins[margins > 0] = 1.

## Hidden when
All margins are met, or missed by 1: nearly so at small scores with a margin of 1.

## Sources
Stanford CS231n, *Linear Classification* (course notes), on the gradient of the multiclass hinge
loss.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.losses._hinge import Hinge
from gradcheck.op import Gradients


class _Sized(Hinge):
    def push(self) -> Array:
        return self.counted(np.maximum(self.excess(), 0))


def inject(site: Site) -> Gradients | None:
    return _Sized(site).gradients() if site.op.name in ("hinge", "multiclass_hinge") else None


FAULT = Fault(
    code="LOS16",
    slug="margin-for-indicator",
    title="the hinge's margins are sent back, not whether they are violated",
    family="losses",
    doc=__doc__,
    wrong="delta = margins",
    right="delta = 1.0 * (margins > 0)",
    inject=inject,
    repairs=("wrap-call",),
)
