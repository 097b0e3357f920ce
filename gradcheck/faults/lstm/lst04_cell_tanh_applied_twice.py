"""The backward pass has 1 - tanh(tanh(c))**2.

## Rule
The derivative is 1 - tanh(c)**2, and the cache holds tanh(c) already.

    h = o * tanh(c)
    dc += dh * o * (1 - tanh(c)**2)

## Symptom
All gradients of the LSTM and of the layers below are off, mostly by 2 to 5 per cent.

## Cause
A tanh derivative that expects c is handed the cached tanh(c).

## Fix
1 - tanh_c**2, with the tanh that the cache holds.

## Hidden when
The cells are close to 0.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _Twice(Lstm):
    def of_cell(self, step: int) -> Array:
        return np.asarray(1 - np.tanh(np.tanh(self.cells[:, step + 1])) ** 2)


def inject(site: Site) -> Gradients | None:
    return _Twice(site).gradients() if site.op.name == "lstm" else None


FAULT = Fault(
    code="LST04",
    slug="cell-tanh-applied-twice",
    title="the derivative at an LSTM's cell is taken at tanh(c) instead of c",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dc = dc_next + dh * o * (1 - np.tanh(tanh_c) ** 2)",
    right="dc = dc_next + dh * o * (1 - tanh_c**2)",
    inject=inject,
    repairs=("drop-call", "replace-name"),
)
