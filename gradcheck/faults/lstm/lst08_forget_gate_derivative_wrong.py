"""The gradient passes the forget gate's sigmoid by 1 or by f, not by f (1 - f).

## Rule
The gate is a sigmoid.

    f = sigmoid(z_f)
    dz_f = df * f * (1 - f)

## Symptom
The forget gate's columns of all weights and the layers below are wrong.

## Cause
One of four similar lines is not completed.

## Fix
Multiply by f * (1 - f).

## Hidden when
There is one step and the first cell is 0, as in most checks of a single cell.

## Sources
Gers, Schmidhuber and Cummins, *Learning to Forget: Continual Prediction with LSTM* (2000),
section 3; seen in https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1 and put right in
https://github.com/CaptainE/RNN-LSTM-in-numpy/pull/2.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _Incomplete(Lstm):
    def slopes(self, step: int) -> list[Array]:
        i, _, g, o = super().slopes(step)
        f = self.values(step)[1]
        return [i, f if self.site.choice == "the gate itself" else np.ones(f.shape), g, o]


def choices(site: Site) -> list[str]:
    return ["missing", "the gate itself"] if site.op.name == "lstm" else []


def inject(site: Site) -> Gradients | None:
    return _Incomplete(site).gradients() if site.choice else None


FAULT = Fault(
    code="LST08",
    slug="forget-gate-derivative-wrong",
    title="the forget gate's derivative is missing, or is the gate itself",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dz_f = dc * c_prev * f",
    right="dz_f = dc * c_prev * f * (1 - f)",
    choices=choices,
    inject=inject,
    repairs=("append-derivative", "multiply"),
)
