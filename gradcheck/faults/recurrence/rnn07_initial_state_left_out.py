"""The initial state is taken for zero in the gradient of the recurrent weight.

## Rule
U has met the initial state too.

    z_1 = x_1 W + h_0 U + b
    dL/dU = sum over t >= 1 of h_(t-1).T dz_t

## Symptom
The recurrent weight is wrong if the initial state is not zero; all else is right.

## Cause
The loop leaves the first step out (if t > 0), or fills in zeros for h_0.

## Fix
Keep the initial state with the others.

## Hidden when
The initial state is zero, as usual.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2.2.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import KINDS, Through, spoiled
from gradcheck.op import Gradients


class _FromZero(Through):
    def before(self) -> Array:
        states = super().before().copy()
        states[:, 0] = 0
        return states


def inject(site: Site) -> Gradients | None:
    fits = site.op.name in KINDS and site.options["initial"] == "learned"
    return spoiled(site, _FromZero) if fits else None


FAULT = Fault(
    code="RNN07",
    slug="initial-state-left-out",
    title="the recurrent weight's gradient leaves out the first step, with the initial state",
    family="recurrence",
    doc=__doc__,
    wrong="dU = sum(h[:, t - 1].T @ dz[:, t] for t in range(1, steps))",
    right="dU = h0.T @ dz[:, 0] + sum(h[:, t - 1].T @ dz[:, t] for t in range(1, steps))",
    inject=inject,
    repairs=("insert-statement",),
)
