"""A recurrent step is walked back without the derivative of its tanh.

## Rule
The chain rule passes the tanh at each step.

    h_t = tanh(z_t),   z_t = x_t W + h_(t-1) U + b
    dz_t = dh_t * (1 - h_t**2)

## Symptom
All gradients of the recurrent layer and of those below are wrong, the more, the more steps.

## Cause
dz = dh, the factor forgotten.

## Fix
Multiply by 1 - h_t**2.

## Hidden when
Never; near z = 0 the derivative is close to 1.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2.2, equation 10.21.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Rnn
from gradcheck.op import Gradients


class _Straight(Rnn):
    def slope(self, step: int) -> Array:
        return np.ones(self.hidden[:, step].shape)


def inject(site: Site) -> Gradients | None:
    fits = site.op.name == "rnn" and site.options["activation"] == "tanh"
    return _Straight(site).gradients() if fits else None


FAULT = Fault(
    code="RNN03",
    slug="tanh-derivative-missing-in-time",
    title="the derivative of a recurrence's tanh is missing",
    family="recurrence",
    doc=__doc__,
    wrong="dz = dh",
    right="dz = dh * (1 - h[:, t] ** 2)",
    inject=inject,
    repairs=("append-derivative", "multiply"),
)
