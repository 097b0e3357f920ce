"""The gradient goes back in time by U where it should be by its transpose.

## Rule
What multiplies from the right on the way there does so transposed on the way back.

    z_t = x_t W + h_(t-1) U + b
    dh_(t-1) = dz_t U.T

## Symptom
All gradients of the recurrent layer and of those below are wrong; nothing raises, as U is square
(of a gate, each block). With one step the weights are right.

## Cause
dz @ U, copied from the forward pass, or U.T with columns for samples.

## Fix
dz @ U.T with samples as rows.

## Hidden when
U is symmetric or 0, or there is one step and the initial state is not learned.

## Sources
Werbos, *Backpropagation Through Time: What It Does and How to Do It* (1990); Goodfellow, Bengio
and Courville, *Deep Learning* (2016), equation 10.21.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import KINDS, Through, spoiled
from gradcheck.op import Gradients


class _Untransposed(Through):
    def returned(self, dv: Array) -> Array:
        blocks = zip(self.parts(dv), self.parts(self.u), strict=True)
        return np.asarray(sum(dz @ block for dz, block in blocks))


def inject(site: Site) -> Gradients | None:
    return spoiled(site, _Untransposed) if site.op.name in KINDS else None


FAULT = Fault(
    code="RNN09",
    slug="recurrent-weight-not-transposed",
    title="the recurrent weight is not transposed on the way back in time",
    family="recurrence",
    doc=__doc__,
    wrong="dh_next = dz @ U",
    right="dh_next = dz @ U.T",
    inject=inject,
    repairs=("transpose",),
)
