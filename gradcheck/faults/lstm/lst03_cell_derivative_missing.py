"""The gradient goes from the hidden state to the cell without 1 - tanh(c)**2.

## Rule
The cell passes a tanh on its way out.

    h = o * tanh(c)
    dc += dh * o * (1 - tanh(c)**2)

## Symptom
All gradients of the LSTM and of the layers below are wrong; the output gate's alone would be
right with one step.

## Cause
The tanh of the candidate has been thought of, the second one not.

## Fix
Multiply by 1 - tanh(c)**2.

## Hidden when
Never; with small cells the derivative is close to 1.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _Straight(Lstm):
    def of_cell(self, step: int) -> Array:
        return np.ones(self.cells[:, step].shape)


def inject(site: Site) -> Gradients | None:
    return _Straight(site).gradients() if site.op.name == "lstm" else None


FAULT = Fault(
    code="LST03",
    slug="cell-derivative-missing",
    title="the derivative of the tanh at an LSTM's cell is missing",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dc = dc_next + dh * o",
    right="dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)",
    inject=inject,
    repairs=("append-derivative", "multiply"),
)
