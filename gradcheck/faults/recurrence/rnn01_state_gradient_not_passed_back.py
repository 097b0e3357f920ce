"""Each step's hidden state gets the gradient of its own output only.

## Rule
A hidden state feeds the output and the next step.

    z_t = x_t W + h_(t-1) U + b,   h_t = tanh(z_t)
    dh_t = (from the output at t) + dz_(t+1) U.T

## Symptom
All gradients of the recurrent layer and of those below are wrong; with one step they are right.
With a loss on the last step only, all earlier steps get nothing.

## Cause
dh_next is computed and not used, or is set to zero inside the loop.

## Fix
dh = dY[:, t] + dh_next, with dh_next = 0 before the loop.

## Hidden when
There is one step, or U is 0.

## Sources
Werbos, *Backpropagation Through Time: What It Does and How to Do It* (1990); the derivation is
discussed in https://github.com/d2l-ai/d2l-en/issues/2616; seen in
https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Rnn, several_steps
from gradcheck.op import Gradients


class _Apart(Rnn):
    def received(self, step: int, dh: Array) -> Array:
        return super().received(step, np.zeros(dh.shape))


def inject(site: Site) -> Gradients | None:
    return _Apart(site).gradients() if several_steps(site, ["rnn"]) else None


FAULT = Fault(
    code="RNN01",
    slug="state-gradient-not-passed-back",
    title="what arrives at a hidden state from the step after it is not added",
    family="recurrence",
    doc=__doc__,
    wrong="dz = dY[:, t] * (1 - h[:, t] ** 2)",
    right="dz = (dY[:, t] + dh_next) * (1 - h[:, t] ** 2)",
    inject=inject,
    repairs=("insert-statement",),
)
