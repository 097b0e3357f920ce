"""Of the gradient of [h, x] the part for x goes back in time, and the part for h to the input.

## Rule
The cut has the order of the joining.

    z = [h, x] V + b,   V = [U; W]
    d[h, x] = dz V.T:  the first columns are dh, the others dx

## Symptom
All gradients of the layer and of those below are wrong. With inputs of another width than the
state the shapes do not fit.

## Cause
[x, h] in one pass, [h, x] in the other.

## Fix
Cut in the order of the joining.

## Hidden when
There is one step, and neither the layer below nor the initial state is learned.

## Sources
Gers, Schmidhuber and Cummins, *Learning to Forget: Continual Prediction with LSTM* (2000),
section 3; the slices are asked about in
https://community.deeplearning.ai/t/dls-c5-week-1-ex7-lstm-cell-backward/405415.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import KINDS, Through, spoiled
from gradcheck.op import Gradients


class _Swapped(Through):
    def returned(self, dv: Array) -> Array:
        return super().entered(dv)

    def entered(self, du: Array) -> Array:
        return super().returned(du)


def inject(site: Site) -> Gradients | None:
    fits = site.op.name in KINDS and site.inputs[0].shape[-1] == site.options["units"]
    return spoiled(site, _Swapped) if fits else None


FAULT = Fault(
    code="LST15",
    slug="input-and-state-slices-swapped",
    title="the gradients of input and hidden state are cut from the joined one the wrong way round",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dx, dh_next = dxh[:, :n_h], dxh[:, n_h:]      # [h, x] has been joined",
    right="dh_next, dx = dxh[:, :n_h], dxh[:, n_h:]",
    inject=inject,
    repairs=("swap-operands",),
)
