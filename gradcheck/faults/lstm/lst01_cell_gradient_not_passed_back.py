"""Each step's cell gets the gradient of its own hidden state only.

## Rule
A cell feeds its hidden state and the next cell.

    c_t = f_t * c_(t-1) + i_t * g_t,   h_t = o_t * tanh(c_t)
    dc_t = dh_t * o_t * (1 - tanh(c_t)**2) + dc_(t+1) * f_(t+1)

## Symptom
All gradients of the LSTM and of the layers below are wrong; with one step they are right.

## Cause
dc_next is computed and not used, or set to zero inside the loop.

## Fix
dc = dc_next + dh * o * (1 - tanh(c)**2).

## Hidden when
There is one step.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1; seen in
https://github.com/apache/mxnet/issues/4057 and
https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm, Step, several_steps
from gradcheck.op import Gradients


class _Apart(Lstm):
    def cell(self, step: int, dh: Array, dc: Array) -> Step:
        return super().cell(step, dh, dc * (step == self.steps - 1))


def inject(site: Site) -> Gradients | None:
    return _Apart(site).gradients() if several_steps(site, ["lstm"]) else None


FAULT = Fault(
    code="LST01",
    slug="cell-gradient-not-passed-back",
    title="what arrives at an LSTM's cell from the next step is not added",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dc = dh * o * (1 - tanh_c**2)",
    right="dc = dc_next + dh * o * (1 - tanh_c**2)",
    inject=inject,
    repairs=("insert-statement",),
)
