"""The gradient of the recurrent weight multiplies by h_t, where U has met h_(t-1).

## Rule
A weight's gradient has what the weight was multiplied by.

    z_t = x_t W + h_(t-1) U + b
    dL/dU = sum over t of h_(t-1).T dz_t

## Symptom
The recurrent weight is wrong, all else is right.

## Cause
An index that is off by one in the list of states.

## Fix
Use the state before the step, and h0 at the first.

## Hidden when
The state does not change from step to step.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2.2, equation 10.26.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import KINDS, Through, spoiled
from gradcheck.op import Gradients


class _After(Through):
    def before(self) -> Array:
        return self.hidden[:, 1:]


def inject(site: Site) -> Gradients | None:
    return spoiled(site, _After) if site.op.name in KINDS else None


FAULT = Fault(
    code="RNN06",
    slug="weight-met-by-the-new-state",
    title="the recurrent weight's gradient is made with the state after a step, not before it",
    family="recurrence",
    doc=__doc__,
    wrong="dU += h[:, t].T @ dz",
    right="dU += h_before.T @ dz",
    inject=inject,
    repairs=("change-index", "replace-name"),
)
