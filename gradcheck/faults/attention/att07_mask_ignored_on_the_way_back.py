"""Masked keys take part in the softmax of the backward pass.

## Rule
The backward pass belongs to the weights of the forward pass.

    P = softmax over the allowed keys of S, 0 for the others
    dS = P * (dP - sum(dP * P)),   dV = P.T dO

## Symptom
Queries, keys and values are wrong, and all layers below them; the output's projection is right.
Without a mask all is right.

## Cause
To save memory P is computed again from Q and K, and the line that masks is left out.

## Fix
Mask again, or keep P.

## Hidden when
Nothing is masked.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.3; Dao et al., *FlashAttention*
(2022), section 3.1, on computing P again.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _Unmasked(Attention):
    def weights(self) -> Array:
        self.allowed = np.ones(self.scores.shape, dtype=bool)
        return super().weights()


def inject(site: Site) -> Gradients | None:
    if site.op.name not in ATTENTIONS or Attention(site).allowed.all():
        return None
    return _Unmasked(site).gradients()


FAULT = Fault(
    code="ATT07",
    slug="mask-ignored-on-the-way-back",
    title="the weights that the backward pass computes once more do not know the mask",
    family="attention",
    doc=__doc__,
    wrong="P = softmax(Q @ K.T / np.sqrt(d))",
    right="P = softmax(np.where(allowed, Q @ K.T / np.sqrt(d), -np.inf))",
    inject=inject,
    repairs=("wrap-call",),
)
