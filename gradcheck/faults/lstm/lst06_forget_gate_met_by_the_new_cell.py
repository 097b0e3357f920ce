"""The gradient of the forget gate multiplies by c_t, where the gate has multiplied c_(t-1).

## Rule
The forget gate decides on what was there before.

    c_t = f_t * c_(t-1) + i_t * g_t
    df_t = dc_t * c_(t-1)

## Symptom
The forget gate's columns of all weights and the layers below are wrong.

## Cause
c stands where c_prev is meant.

## Fix
df = dc * c_prev.

## Hidden when
The cell does not change.

## Sources
Gers, Schmidhuber and Cummins, *Learning to Forget: Continual Prediction with LSTM* (2000),
section 3.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Lstm
from gradcheck.op import Gradients


class _After(Lstm):
    def of_values(self, step: int, dh: Array, dc: Array) -> list[Array]:
        di, _, dg, do = super().of_values(step, dh, dc)
        return [di, dc * self.cells[:, step + 1], dg, do]


def inject(site: Site) -> Gradients | None:
    return _After(site).gradients() if site.op.name == "lstm" else None


FAULT = Fault(
    code="LST06",
    slug="forget-gate-met-by-the-new-cell",
    title="the forget gate's gradient is made with the cell after the step, not before it",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="df = dc * c",
    right="df = dc * c_prev",
    inject=inject,
    repairs=("replace-name", "change-index"),
)
