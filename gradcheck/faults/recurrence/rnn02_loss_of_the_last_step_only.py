"""Backpropagation through time begins at the last step and takes nothing in on the way.

## Rule
Every step's output has its own share in the loss.

    L = sum over t of L_t(h_t)
    dh_t = dL_t/dh_t + dz_(t+1) U.T

## Symptom
All gradients of the recurrent layer and of those below are wrong; those above are right.

## Cause
The backward pass of a network that answers at its end, used for one that answers at each step.

## Fix
Add dL_t/dh_t at every step.

## Hidden when
The loss is on the last step only.

## Sources
Werbos, *Backpropagation Through Time: What It Does and How to Do It* (1990); Goodfellow, Bengio
and Courville, *Deep Learning* (2016), section 10.2.2.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Through, several_steps, spoiled
from gradcheck.op import Gradients


class _AtTheEnd(Through):
    def above(self) -> Array:
        last = np.zeros(self.site.upstream.shape)
        last[:, -1] = self.site.upstream[:, -1]
        return last


def inject(site: Site) -> Gradients | None:
    fits = several_steps(site) and site.options["output"] == "steps"
    return spoiled(site, _AtTheEnd) if fits else None


FAULT = Fault(
    code="RNN02",
    slug="loss-of-the-last-step-only",
    title="the loss at all steps but the last is forgotten in the backward pass",
    family="recurrence",
    doc=__doc__,
    wrong="dh = dh_next                     # dY[:, -1] before the loop",
    right="dh = dY[:, t] + dh_next",
    inject=inject,
    repairs=("insert-statement",),
)
