"""Every step of an LSTM is walked back by itself, though the single step's gradients are right.

## Rule
What a step returns for its incoming states is part of what the step before receives.

    dh_t = (from the output at t) + dz_(t+1) U.T
    dc_t = dh_t * o_t * (1 - tanh(c_t)**2) + dc_(t+1) * f_(t+1)

## Symptom
A test of the single step passes, that of the sequence fails: all gradients of the layer and of
those below are wrong.

## Cause
The loop calls the step's function with da[:, :, t] and zeros, and does not use the da_prev and
dc_prev that it returns.

## Fix
Call it with da[:, :, t] + da_prev, and dc_prev.

## Hidden when
There is one step. Without the cell's half it is LST01, without the state's LST02.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1; symptoms like it,
without the cause, in https://community.deeplearning.ai/t/lstm-backward-wrong-output/67533,
https://community.deeplearning.ai/t/c5w1a1-wrong-results-of-lstm-backward/8480 and
https://community.deeplearning.ai/t/c5w1-exercise-8-lstm-backward/28690.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm, Step, several_steps
from gradcheck.op import Gradients


class _Alone(Lstm):
    def received(self, step: int, dh: Array) -> Array:
        return super().received(step, np.zeros(dh.shape))

    def cell(self, step: int, dh: Array, dc: Array) -> Step:
        return super().cell(step, dh, dc * (step == self.steps - 1))


def inject(site: Site) -> Gradients | None:
    return _Alone(site).gradients() if several_steps(site, ["lstm"]) else None


FAULT = Fault(
    code="LST16",
    slug="steps-walked-back-alone",
    title="the loop over an LSTM's steps hands back neither the hidden nor the cell gradient",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dx, da_prev, dc_prev = step_backward(da[t], zeros, caches[t])",
    right="dx, da_prev, dc_prev = step_backward(da[t] + da_prev, dc_prev, caches[t])",
    inject=inject,
    repairs=("insert-statement", "replace-name"),
)
