"""The first step of a sequence is never walked back.

## Rule
The loop has as many steps on the way back as on the way there.

    t = 1 ... T on the way there
    t = T ... 1 on the way back, and what is left at 0 belongs to h_0

## Symptom
The recurrent layer's weights, the layers below it and the initial state are wrong; with one step
nothing gets a gradient.

## Cause
range(T - 1, 0, -1) does not include 0.

## Fix
for t in reversed(range(T)), which includes 0.

## Hidden when
Never; a long sequence makes it small.

## Sources
Werbos, *Backpropagation Through Time: What It Does and How to Do It* (1990); seen in
https://github.com/rsokl/MyGrad/pull/4.
"""

from collections.abc import Iterable

from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Step, Through, several_steps, spoiled
from gradcheck.op import Gradients


class _Early(Through):
    def order(self) -> Iterable[int]:
        return reversed(range(1, self.steps))

    def run(self) -> Step:
        du, dv, dh, dc = super().run()
        return du, dv, 0 * dh, 0 * dc


def inject(site: Site) -> Gradients | None:
    return spoiled(site, _Early) if several_steps(site) else None


FAULT = Fault(
    code="RNN10",
    slug="first-step-left-out",
    title="the backward loop through time ends one step too early",
    family="recurrence",
    doc=__doc__,
    wrong="for t in range(steps - 1, 0, -1):",
    right="for t in reversed(range(steps)):",
    inject=inject,
    repairs=("change-index",),
)
