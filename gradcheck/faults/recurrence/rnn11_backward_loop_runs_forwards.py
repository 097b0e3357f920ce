"""The steps are walked in the forward pass's order, and the gradient is handed to later steps.

## Rule
A state's gradient needs that of the step after it.

    dh_t = (from the output at t) + dz_(t+1) U.T
    so t = T, T - 1, ..., 1

## Symptom
All gradients of the recurrent layer and of those below are wrong; with one step they are right.

## Cause
for t in range(T), copied from the forward pass.

## Fix
for t in reversed(range(T)).

## Hidden when
There is one step.

## Sources
Werbos, *Backpropagation Through Time: What It Does and How to Do It* (1990).
"""

from collections.abc import Iterable

from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Through, several_steps, spoiled
from gradcheck.op import Gradients


class _Forwards(Through):
    def order(self) -> Iterable[int]:
        return range(self.steps)


def inject(site: Site) -> Gradients | None:
    return spoiled(site, _Forwards) if several_steps(site) else None


FAULT = Fault(
    code="RNN11",
    slug="backward-loop-runs-forwards",
    title="the backward loop through time runs from the first step to the last",
    family="recurrence",
    doc=__doc__,
    wrong="for t in range(steps):",
    right="for t in reversed(range(steps)):",
    inject=inject,
    repairs=("wrap-call",),
)
