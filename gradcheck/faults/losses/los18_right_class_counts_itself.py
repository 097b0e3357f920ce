"""The right class, whose margin to itself is always missed, is counted with the wrong ones.

## Rule
The sum leaves out the right class.

    L = sum over j != c of max(0, s_j - s_c + margin)
    dL/ds_j = 1[s_j - s_c + margin > 0]
    dL/ds_c = -(number of such j)

## Symptom
All gradients are wrong, from the last layer inwards. The right class of every sample gets one
too much, so that no margin is ever enough.

## Cause
s_c - s_c + margin > 0 is true; the entry is not set to zero before the violations are counted.

## Fix
margins[range(m), c] = 0 before counting. Counting it in the loss alone adds a constant, and
counting it on both sides, +1 and -1, cancels: neither changes the gradient.

## Hidden when
The margin is 0.

## Sources
Stanford CS231n, *Linear Classification* (course notes), on the gradient of the multiclass hinge
loss; in https://github.com/lightaime/cs231n/issues/9 the entry is set to zero one line later,
which is right.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.losses._hinge import Hinge
from gradcheck.op import Gradients


class _SelfCounting(Hinge):
    def pull(self) -> Array:
        return super().pull() + 1


def inject(site: Site) -> Gradients | None:
    fits = site.op.name == "multiclass_hinge" and site.options["margin"] > 0
    return _SelfCounting(site).gradients() if fits else None


FAULT = Fault(
    code="LOS18",
    slug="right-class-counts-itself",
    title="the right class is counted among its own violations",
    family="losses",
    doc=__doc__,
    wrong="delta[range(m), c] = -(s - s_c + margin > 0).sum(axis=1)",
    right="delta[range(m), c] = -violated.sum(axis=1)     # without c itself",
    inject=inject,
)
