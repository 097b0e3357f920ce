"""The gradient of the values multiplies by S, where the forward pass has multiplied by P.

## Rule
The values have been weighted by the softmax.

    O = P V,   P = softmax(S)
    dV = P.T dO

## Symptom
The values are wrong, and all layers below them; queries and keys are right.

## Cause
The wrong one of two cached matrices of equal shape.

## Fix
dV = P.T @ dO, with the softmax's output.

## Hidden when
Never.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.1.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _ByScores(Attention):
    def dv(self) -> Array:
        # Masked scores are left out: with minus infinity all would be NaN, and noticed.
        scores = np.where(self.allowed, self.scores, 0)
        return np.asarray(scores.swapaxes(-1, -2) @ self.d_heads())


def inject(site: Site) -> Gradients | None:
    return _ByScores(site).gradients() if site.op.name in ATTENTIONS else None


FAULT = Fault(
    code="ATT08",
    slug="values-weighted-by-scores",
    title="the values' gradient is made with the scores instead of their softmax",
    family="attention",
    doc=__doc__,
    wrong="dV = S.T @ dO",
    right="dV = P.T @ dO",
    inject=inject,
    repairs=("replace-name",),
)
