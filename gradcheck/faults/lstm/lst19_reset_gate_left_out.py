"""The reset gate gets no gradient, or does not multiply the gradient that passes it.

## Rule
The reset gate multiplies what the state sends to the candidate.

    g = tanh(u_g + r * v_g),   v_g = h U_g + b'_g
    dr = dz_g * v_g,   dv_g = dz_g * r

## Symptom
The reset gate's columns are zero, or the candidate's of the recurrent weight are too large; all
layers below are wrong.

## Cause
The product rule's half, or the whole factor, is forgotten.

## Fix
Both: dr = dz_g * v_g, dv_g = dz_g * r.

## Hidden when
r = 1.

## Sources
Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder* (2014), section 2.3,
equation 8; in a forward pass in https://github.com/ooples/AiDotNet/pull/722.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Gru
from gradcheck.op import Gradients


class _Unreset(Gru):
    def of_reset(self, step: int, dg: Array) -> Array:
        right = super().of_reset(step, dg)
        return np.zeros(right.shape) if self.site.choice == "no gradient" else right

    def of_sent(self, step: int, dg: Array) -> Array:
        match self.site.choice:
            case "not multiplied":
                return dg
            case "path missing":
                return np.zeros(dg.shape)
        return super().of_sent(step, dg)


def choices(site: Site) -> list[str]:
    """Tell what is missing: the gate's gradient, the gate as a factor, or the path over it."""
    return ["no gradient", "not multiplied", "path missing"] if site.op.name == "gru" else []


def inject(site: Site) -> Gradients | None:
    return _Unreset(site).gradients() if site.choice else None


FAULT = Fault(
    code="LST19",
    slug="reset-gate-left-out",
    title="a GRU's reset gate is left out of its backward pass",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dv_g = dz_g",
    right="dv_g = dz_g * r",
    choices=choices,
    inject=inject,
    repairs=("multiply",),
)
