"""The factors of a product change places: the input gate's gradient has i, the candidate's g.

## Rule
Each factor of a product gets the other one.

    c_t = f_t * c_(t-1) + i_t * g_t
    di = dc * g,   dg = dc * i

## Symptom
The input gate's and the candidate's columns of all weights and the layers below are wrong.

## Cause
di = dc * i reads well.

## Fix
di = dc * g and dg = dc * i.

## Hidden when
i = g.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _Swapped(Lstm):
    def of_values(self, step: int, dh: Array, dc: Array) -> list[Array]:
        of_i, df, of_g, do = super().of_values(step, dh, dc)
        return [of_g, df, of_i, do]


def inject(site: Site) -> Gradients | None:
    return _Swapped(site).gradients() if site.op.name == "lstm" else None


FAULT = Fault(
    code="LST07",
    slug="input-gate-and-candidate-swapped",
    title="input gate and candidate are multiplied by themselves instead of by each other",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="di, dg = dc * i, dc * g",
    right="di, dg = dc * g, dc * i",
    inject=inject,
    repairs=("swap-operands", "replace-name"),
)
