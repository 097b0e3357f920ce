"""The input's gradients are collected from the last step to the first and not turned round.

## Rule
The gradient at step t belongs to the input at step t.

    dx_t = dz_t W.T
    dX = [dx_1, ..., dx_T]

## Symptom
The layer's own gradients are right, all layers below wrong.

## Cause
dx is appended to a list in a loop that runs backwards; or one direction of a bidirectional layer,
which reads the sequence reversed, hands its gradient back as it is.

## Fix
Write to dX[:, t], or reverse the list.

## Hidden when
There is one step, or the gradient is the same read backwards.

## Sources
Schuster and Paliwal, *Bidirectional Recurrent Neural Networks* (1997), section II.C; Werbos,
*Backpropagation Through Time: What It Does and How to Do It* (1990).
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import several_steps
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    (dx, *_) = site.gradients.inputs
    if not several_steps(site) or site.before is None or dx is None:
        return None
    return site.with_first(dx[:, ::-1].copy())


FAULT = Fault(
    code="LST21",
    slug="input-gradient-reversed-in-time",
    title="the gradient of a recurrent layer's input is in the order of the backward loop",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dX = np.stack(dxs, axis=1)",
    right="dX = np.stack(dxs[::-1], axis=1)",
    inject=inject,
    repairs=("change-index",),
)
