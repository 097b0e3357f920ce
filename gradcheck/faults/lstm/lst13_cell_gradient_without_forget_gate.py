"""An LSTM's cell hands its gradient back by 1 or by i, where it has been kept by f.

## Rule
What multiplies on the way there multiplies on the way back.

    c_t = f_t * c_(t-1) + i_t * g_t
    dc_(t-1) = dc_t * f_t

## Symptom
All gradients of the LSTM and of the layers below are wrong; with one step, those of its weights
are right.

## Cause
dc_next = dc, or the wrong name in dc_next = dc * f.

## Fix
dc_next = dc * f.

## Hidden when
There is one step (and the first cell is not learned).

## Sources
Gers, Schmidhuber and Cummins, *Learning to Forget: Continual Prediction with LSTM* (2000),
section 3.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _Kept(Lstm):
    def kept(self, step: int, dc: Array) -> Array:
        return np.asarray(dc * self.values(step)[0] if self.site.choice == "input gate" else dc)


def choices(site: Site) -> list[str]:
    """Tell what is in the forget gate's place."""
    return ["nothing", "input gate"] if site.op.name == "lstm" else []


def inject(site: Site) -> Gradients | None:
    return _Kept(site).gradients() if site.choice else None


FAULT = Fault(
    code="LST13",
    slug="cell-gradient-without-forget-gate",
    title="the gradient goes to the cell before without the forget gate, or with the input gate",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dc_next = dc",
    right="dc_next = dc * f",
    choices=choices,
    inject=inject,
    repairs=("multiply", "replace-name"),
)
