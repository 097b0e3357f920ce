"""A step back in time has the derivative 1 - h**2 of the state that entered it.

## Rule
The derivative belongs to the state that the step has made.

    h_t = tanh(z_t)
    dz_t = dh_t * (1 - h_t**2), not 1 - h_(t-1)**2

## Symptom
All gradients of the recurrent layer and of those below are wrong, in length more than in
direction.

## Cause
The list of states begins with h0, so that index t is the state before step t.

## Fix
Take the state after the step.

## Hidden when
The state does not change from step to step.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2.2.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Rnn
from gradcheck.op import Gradients


class _Before(Rnn):
    def slope(self, step: int) -> Array:
        return np.asarray(1 - self.hidden[:, step] ** 2)


def inject(site: Site) -> Gradients | None:
    fits = site.op.name == "rnn" and site.options["activation"] == "tanh"
    return _Before(site).gradients() if fits else None


FAULT = Fault(
    code="RNN04",
    slug="tanh-derivative-of-the-step-before",
    title="the derivative of a recurrence's tanh is taken at the hidden state of the step before",
    family="recurrence",
    doc=__doc__,
    wrong="dz = dh * (1 - hs[t] ** 2)             # hs[0] is h0",
    right="dz = dh * (1 - hs[t + 1] ** 2)",
    inject=inject,
    repairs=("change-index",),
)
