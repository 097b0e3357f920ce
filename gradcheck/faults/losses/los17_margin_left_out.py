"""The margin is in the loss, but missing in the condition of its gradient.

## Rule
The loss is positive as soon as the margin is missed.

    L = sum over j != c of max(0, s_j - s_c + margin)
    dL/ds_j = 1[s_j - s_c + margin > 0]
    dL/ds_c = -(number of such j)

## Symptom
All gradients are wrong, from the last layer inwards. Samples that are classified rightly, but
not clearly enough, get no gradient.

## Cause
The gradient compares scores > right instead of scores - right + margin > 0.

## Fix
Use the same array of margins for loss and gradient.

## Hidden when
Every margin is met, or the order of the scores is wrong wherever it is not.

## Sources
Stanford CS231n, *Linear Classification* (course notes), on the gradient of the multiclass hinge
loss; Bishop, *Pattern Recognition and Machine Learning* (2006), equation 7.45.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.losses._hinge import Hinge
from gradcheck.op import Gradients


class _Ahead(Hinge):
    def push(self) -> Array:
        return self.counted(self.excess() > self.margin)


def inject(site: Site) -> Gradients | None:
    fits = site.op.name in ("hinge", "multiclass_hinge") and site.options.get("margin") != 0
    return _Ahead(site).gradients() if fits else None


FAULT = Fault(
    code="LOS17",
    slug="margin-left-out",
    title="the hinge's gradient asks who is ahead, not whether the margin is met",
    family="losses",
    doc=__doc__,
    wrong="violated = s > s_c",
    right="violated = s - s_c + margin > 0",
    inject=inject,
)
