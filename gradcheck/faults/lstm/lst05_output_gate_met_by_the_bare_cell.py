"""The gradient of the output gate multiplies by the cell itself.

## Rule
The output gate has multiplied tanh(c).

    h = o * tanh(c)
    do = dh * tanh(c)

## Symptom
The output gate's columns of all weights and the layers below are off, often by less than a per
cent.

## Cause
The cache holds c; its tanh is forgotten, in this line only.

## Fix
do = dh * tanh(c).

## Hidden when
The cells are close to 0.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1; the like of it in a
forward pass in https://github.com/nicodjimenez/lstm/issues/47.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _Bare(Lstm):
    def of_values(self, step: int, dh: Array, dc: Array) -> list[Array]:
        return [*super().of_values(step, dh, dc)[:3], dh * self.cells[:, step + 1]]


def inject(site: Site) -> Gradients | None:
    return _Bare(site).gradients() if site.op.name == "lstm" else None


FAULT = Fault(
    code="LST05",
    slug="output-gate-met-by-the-bare-cell",
    title="the output gate's gradient is made with c instead of tanh(c)",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="do = dh * c",
    right="do = dh * np.tanh(c)",
    inject=inject,
    repairs=("wrap-call",),
)
