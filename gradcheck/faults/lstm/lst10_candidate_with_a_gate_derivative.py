"""The gradient of the candidate has the derivative of a sigmoid.

## Rule
The candidate is a tanh.

    g = tanh(z_g)
    dz_g = dg * (1 - g**2), not dg * g * (1 - g)

## Symptom
The candidate's columns of all weights and the layers below are wrong.

## Cause
All four stretches are multiplied by value * (1 - value) at once.

## Fix
1 - g**2 for the candidate.

## Hidden when
Never.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import sigmoid
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _LikeAGate(Lstm):
    def slopes(self, step: int) -> list[Array]:
        i, f, _, o = super().slopes(step)
        g = self.values(step)[2]
        # The sigmoid at z of which tanh is the value: z = artanh(g).
        value = g if self.site.choice == "of the value" else sigmoid(np.arctanh(g))
        return [i, f, value * (1 - value), o]


def choices(site: Site) -> list[str]:
    """Tell where the derivative is taken: g (1 - g), or the sigmoid's at z."""
    return ["of the value", "at z"] if site.op.name == "lstm" else []


def inject(site: Site) -> Gradients | None:
    return _LikeAGate(site).gradients() if site.choice else None


FAULT = Fault(
    code="LST10",
    slug="candidate-with-a-gate-derivative",
    title="the candidate's tanh is differentiated as if it were a gate's sigmoid",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dz_g = dc * i * g * (1 - g)",
    right="dz_g = dc * i * (1 - g**2)",
    choices=choices,
    inject=inject,
    repairs=("replace-name",),
)
