"""The backward pass takes z for the new part, the forward pass for the old one.

## Rule
Both passes give z the same meaning.

    h_t = (1 - z_t) * g_t + z_t * h_(t-1)
    dz = dh * (h_(t-1) - g),   dg = dh * (1 - z),   dh_(t-1) += dh * z

## Symptom
The update gate's columns have the other sign, or the whole layer and those below it are wrong.

## Cause
Half of the texts have h = z g + (1 - z) h_prev.

## Fix
Derive from the line that the forward pass has.

## Hidden when
z = 1/2, but for the sign.

## Sources
Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder* (2014), equation 7, and
Chung et al., *Empirical Evaluation of Gated Recurrent Neural Networks* (2014), section 3.2: the
two meanings; labels in https://github.com/distillpub/post--memorization-in-rnns/issues/24.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Gru
from gradcheck.op import Gradients


class _Sign(Gru):
    def of_update(self, step: int, dh: Array) -> Array:
        return -super().of_update(step, dh)


class _Meaning(_Sign):
    def of_candidate(self, step: int, dh: Array) -> Array:
        return super().direct(step, dh)

    def direct(self, step: int, dh: Array) -> Array:
        return super().of_candidate(step, dh)


def choices(site: Site) -> list[str]:
    """Tell whether the gate's own gradient has the other meaning, or all that it touches."""
    return ["sign", "throughout"] if site.op.name == "gru" else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    return (_Sign if site.choice == "sign" else _Meaning)(site).gradients()


FAULT = Fault(
    code="LST20",
    slug="update-gate-the-other-way-round",
    title="a GRU's update gate has the other paper's meaning in the backward pass",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dz = dh * (g - h_prev)",
    right="dz = dh * (h_prev - g)",
    choices=choices,
    inject=inject,
    repairs=("swap-operands", "negate"),
)
