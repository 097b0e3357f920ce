"""Each step's hidden state gets the gradient of its own output only.

## Rule
A hidden state feeds the output and the gates of the next step.

    z_(t+1) = x_(t+1) W + h_t U + b
    dh_t = (from the output at t) + dz_(t+1) U.T

## Symptom
All gradients of the layer and of those below are wrong, of an LSTM often by some per cent only,
as its cell still carries most of them; with one step they are right.

## Cause
The step's function returns dh of the step before, and the loop does not hand it on.

## Fix
dh = dY[:, t] + dh_next.

## Hidden when
There is one step.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1; seen in
https://github.com/apache/mxnet/issues/4057 and
https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Through, several_steps, spoiled
from gradcheck.op import Gradients


class _Apart(Through):
    def received(self, step: int, dh: Array) -> Array:
        return super().received(step, np.zeros(dh.shape))


def inject(site: Site) -> Gradients | None:
    return spoiled(site, _Apart) if several_steps(site, ["lstm", "gru"]) else None


FAULT = Fault(
    code="LST02",
    slug="hidden-gradient-not-passed-back",
    title="what arrives at the hidden state of an LSTM or GRU from the next step is not added",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dh = dY[:, t]",
    right="dh = dY[:, t] + dh_next",
    inject=inject,
    repairs=("insert-statement",),
)
