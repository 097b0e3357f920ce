"""Backpropagation begins with dc = 0, although the last cell is handed on.

## Rule
The last cell is an output if something uses it.

    output = [h_T, c_T]
    dc_T = dL/dc_T + dh_T * o_T * (1 - tanh(c_T)**2)

## Symptom
All gradients of an encoder's LSTM and of the layers below are wrong; a loss on hidden states
alone shows nothing.

## Cause
dc_next = 0 before the loop, as for an LSTM of which only hidden states are used.

## Fix
Begin with the gradient of the last cell.

## Hidden when
The loss does not use the last cell.

## Sources
Sutskever, Vinyals and Le, *Sequence to Sequence Learning with Neural Networks* (2014), section 2,
on handing states on; seen in https://github.com/deeplearning4j/deeplearning4j/issues/8838.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _Ignoring(Lstm):
    def last_cell(self) -> Array:
        return np.zeros(super().last_cell().shape)


def inject(site: Site) -> Gradients | None:
    fits = site.op.name == "lstm" and site.options["output"] == "states"
    return _Ignoring(site).gradients() if fits else None


FAULT = Fault(
    code="LST14",
    slug="last-cell-without-gradient",
    title="the gradient that arrives at the last cell is ignored",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dc_next = np.zeros_like(c)",
    right="dc_next = dc_last",
    inject=inject,
    repairs=("replace-name",),
)
