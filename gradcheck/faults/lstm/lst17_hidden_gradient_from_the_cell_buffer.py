"""What an earlier step receives for its hidden state is the gradient meant for its cell.

## Rule
Two states go from step to step, and two gradients back.

    dh_(t-1) = dz_t U.T
    dc_(t-1) = dc_t * f_t

## Symptom
All gradients of the LSTM and of the layers below are wrong; with one step its weights are right.

## Cause
Two buffers of equal shape, and the wrong one is handed on.

## Fix
Hand back dz U.T for the hidden state.

## Hidden when
There is one step.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1; of this kind is
https://github.com/lhnguyen102/cuTAGI/issues/77.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm, Step, several_steps
from gradcheck.op import Gradients


class _SameBuffer(Lstm):
    def cell(self, step: int, dh: Array, dc: Array) -> Step:
        du, dv, _, dc = super().cell(step, dh, dc)
        return du, dv, dc, dc

    def returned(self, dv: Array) -> Array:
        return np.zeros((len(dv), len(self.u)))


def inject(site: Site) -> Gradients | None:
    return _SameBuffer(site).gradients() if several_steps(site, ["lstm"]) else None


FAULT = Fault(
    code="LST17",
    slug="hidden-gradient-from-the-cell-buffer",
    title="the hidden state's gradient is read from the buffer of the cell's",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dh_next, dc_next = dc * f, dc * f",
    right="dh_next, dc_next = dz @ U.T, dc * f",
    inject=inject,
    repairs=("replace-name",),
)
