"""A step back in time multiplies by 1 - tanh(h)**2, where h is tanh(z).

## Rule
The derivative is 1 - tanh(z)**2, and tanh(z) is h.

    h_t = tanh(z_t)
    dz_t = dh_t * (1 - h_t**2)

## Symptom
All gradients of the recurrent layer and of those below are wrong, often by some per cent only.

## Cause
A tanh derivative that expects z is handed h.

## Fix
1 - h_t**2. That is right for h: no tanh is missing in it.

## Hidden when
The states are close to 0.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2.2; the right form is asked
about in https://github.com/oreilly-japan/deep-learning-from-scratch-2/issues/26.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Rnn
from gradcheck.op import Gradients


class _Twice(Rnn):
    def slope(self, step: int) -> Array:
        return np.asarray(1 - np.tanh(self.hidden[:, step + 1]) ** 2)


def inject(site: Site) -> Gradients | None:
    fits = site.op.name == "rnn" and site.options["activation"] == "tanh"
    return _Twice(site).gradients() if fits else None


FAULT = Fault(
    code="RNN05",
    slug="tanh-applied-twice-in-time",
    title="the derivative of a recurrence's tanh is taken at h, which is tanh(z) already",
    family="recurrence",
    doc=__doc__,
    wrong="dz = dh * (1 - np.tanh(h[:, t]) ** 2)",
    right="dz = dh * (1 - h[:, t] ** 2)",
    inject=inject,
    repairs=("drop-call", "replace-name"),
)
