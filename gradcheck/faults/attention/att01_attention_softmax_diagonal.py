"""The gradient of the scores is dP * P * (1 - P): the diagonal of the softmax's Jacobian alone.

## Rule
All weights of a query depend on each of its scores.

    dP_j/dS_k = P_j (1[j = k] - P_k)
    dS = P * (dP - sum over keys of dP * P)

## Symptom
Queries and keys are wrong, and all layers below them; the values are right.

## Cause
The sigmoid's derivative in the softmax's place.

## Fix
Take off the inner product of each row.

## Hidden when
There is one key. SMX01 is the same in an output layer.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.1; Bridle, *Training Stochastic
Model Recognition Algorithms as Networks* (1990), for the softmax's derivative.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _Diagonal(Attention):
    def ds(self) -> Array:
        return np.asarray(self.p * (1 - self.p) * self.dp())


def inject(site: Site) -> Gradients | None:
    return _Diagonal(site).gradients() if site.op.name in ATTENTIONS else None


FAULT = Fault(
    code="ATT01",
    slug="attention-softmax-diagonal",
    title="attention's softmax is differentiated entry by entry, as if it were a sigmoid",
    family="attention",
    doc=__doc__,
    wrong="dS = dP * P * (1 - P)",
    right="dS = P * (dP - (dP * P).sum(axis=-1, keepdims=True))",
    inject=inject,
)
