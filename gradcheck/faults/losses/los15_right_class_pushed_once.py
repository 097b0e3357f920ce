"""The right class gets -1, however many wrong classes come too close.

## Rule
The right score is in every violated margin.

    L = sum over j != c of max(0, s_j - s_c + margin)
    dL/ds_j = 1[s_j - s_c + margin > 0]
    dL/ds_c = -(number of such j)

## Symptom
All gradients are wrong, from the last layer inwards. Samples with exactly one violation are
right; those with none still pull.

## Cause
-1 is taken over from the cross-entropy, or from the binary hinge.

## Fix
Minus the number of violated margins of the sample.

## Hidden when
Each sample violates exactly one margin.

## Sources
Stanford CS231n, *Linear Classification* (course notes), on the gradient of the multiclass hinge
loss; asked about in https://github.com/mantasu/cs231n/issues/9.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.losses._hinge import Hinge
from gradcheck.op import Gradients


class _Single(Hinge):
    def pull(self) -> Array:
        return np.ones_like(self.push().sum(axis=-1))


def inject(site: Site) -> Gradients | None:
    return _Single(site).gradients() if site.op.name == "multiclass_hinge" else None


FAULT = Fault(
    code="LOS15",
    slug="right-class-pushed-once",
    title="the hinge's gradient for the right class is -1, not minus the number of violations",
    family="losses",
    doc=__doc__,
    wrong="delta[range(m), c] = -1",
    right="delta[range(m), c] = -violated.sum(axis=1)",
    inject=inject,
    repairs=("replace-name",),
)
