"""The hinge loss pushes the wrong classes down but does not pull the right one up.

## Rule
A violated margin concerns two scores, with opposite signs.

    L = sum over j != c of max(0, s_j - s_c + margin)
    dL/ds_j = 1[s_j - s_c + margin > 0]
    dL/ds_c = -(number of such j)

## Symptom
All gradients are wrong, from the last layer inwards. In the last layer the column of a sample's
own class gets nothing from it. The delta of a row no longer adds up to zero.

## Cause
The line that subtracts from the right class's row is left out of the loop.

## Fix
Subtract, for each violated margin, from the right class.

## Hidden when
All margins are met.

## Sources
Stanford CS231n, *Linear Classification* (course notes), on the gradient of the multiclass hinge
loss; asked about in https://github.com/mantasu/cs231n/issues/9.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.losses._hinge import Hinge
from gradcheck.op import Gradients


class _Unpulled(Hinge):
    def pull(self) -> Array:
        return np.zeros_like(self.push().sum(axis=-1))


def inject(site: Site) -> Gradients | None:
    return _Unpulled(site).gradients() if site.op.name == "multiclass_hinge" else None


FAULT = Fault(
    code="LOS14",
    slug="right-class-not-pushed",
    title="the hinge's gradient for the right class is missing",
    family="losses",
    doc=__doc__,
    wrong="delta = violated",
    right="delta = violated; delta[range(m), c] = -violated.sum(axis=1)",
    inject=inject,
)
