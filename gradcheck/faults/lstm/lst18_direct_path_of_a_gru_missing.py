"""The state before a step gets what comes over the gates, and not what the update gate has kept.

## Rule
A part of the state is copied.

    h_t = (1 - z_t) * g_t + z_t * h_(t-1)
    dh_(t-1) = dh_t * z_t + (what comes over the gates)

## Symptom
All gradients of the GRU and of the layers below are wrong; with one step its weights are right.

## Cause
dh_next = dv @ U.T alone.

## Fix
Add dh * z; in texts that exchange z and 1 - z it is dh * (1 - z).

## Hidden when
There is one step, and the initial state is zero.

## Sources
Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder* (2014), section 2.3,
equation 7.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Gru
from gradcheck.op import Gradients


class _Indirect(Gru):
    def direct(self, step: int, dh: Array) -> Array:
        return np.zeros(super().direct(step, dh).shape)


def inject(site: Site) -> Gradients | None:
    return _Indirect(site).gradients() if site.op.name == "gru" else None


FAULT = Fault(
    code="LST18",
    slug="direct-path-of-a-gru-missing",
    title="the direct path from state to state of a GRU is missing in its backward pass",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dh_next = dv @ U.T",
    right="dh_next = dh * z + dv @ U.T",
    inject=inject,
    repairs=("insert-statement",),
)
