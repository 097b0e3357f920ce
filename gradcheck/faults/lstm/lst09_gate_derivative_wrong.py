"""The gradient passes a gate's sigmoid by 1 or by its value, not by value (1 - value).

## Rule
Every gate is a sigmoid.

    i = sigmoid(z_i)
    dz_i = di * i * (1 - i), and alike for the others

## Symptom
One gate's columns of all weights and the layers below are wrong.

## Cause
One of several similar lines is not completed.

## Fix
Multiply by gate * (1 - gate).

## Hidden when
Never. The forget gate has LST08.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1; Cho et al., *Learning
Phrase Representations using RNN Encoder-Decoder* (2014), section 2.3, for the GRU.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Gru, Lstm, Through
from gradcheck.op import Gradients

GATES = {"lstm": {"input": 0, "output": 3}, "gru": {"reset": 0, "update": 1}}
WAYS = ("missing", "the gate itself")


class _Incomplete:
    """Take the place of a derivative in what a cell of either kind says of its slopes."""

    site: Site

    def spoil(self, slopes: list[Array], values: list[Array]) -> list[Array]:
        gate, _, way = (self.site.choice or "").partition(": ")
        k = GATES[self.site.op.name][gate]
        slopes[k] = np.ones(slopes[k].shape) if way == "missing" else values[k]
        return slopes


class _Lstm(_Incomplete, Lstm):
    def slopes(self, step: int) -> list[Array]:
        return self.spoil(super().slopes(step), self.values(step))


class _Gru(_Incomplete, Gru):
    def slopes(self, step: int) -> list[Array]:
        return self.spoil(super().slopes(step), self.values(step))


def choices(site: Site) -> list[str]:
    return [f"{gate}: {way}" for gate in GATES.get(site.op.name, ()) for way in WAYS]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    made: Through = _Lstm(site) if site.op.name == "lstm" else _Gru(site)
    return made.gradients()


FAULT = Fault(
    code="LST09",
    slug="gate-derivative-wrong",
    title="a gate's derivative is missing, or is the gate itself",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dz_i = dc * g",
    right="dz_i = dc * g * i * (1 - i)",
    choices=choices,
    inject=inject,
    repairs=("append-derivative", "multiply"),
)
