"""Scores or weights are not transposed for the keys' or the values' gradient.

## Rule
A key collects from all queries that have looked at it.

    dK = dS.T Q / sqrt(d)
    dV = P.T dO

## Symptom
Keys or values are wrong, and all layers below them; the queries are right.

## Cause
dS @ Q and P @ dO fit in shape if there are as many queries as keys.

## Fix
Transpose the last two axes.

## Hidden when
The matrix is symmetric. With another number of keys than queries it raises.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.1.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _Untransposed(Attention):
    def dk(self) -> Array:
        if self.site.choice == "values":
            return super().dk()
        return np.asarray(self.ds() @ self.q / self.root)

    def dv(self) -> Array:
        return super().dv() if self.site.choice == "keys" else self.p @ self.d_heads()


def choices(site: Site) -> list[str]:
    """Tell whose gradient lacks the transposition."""
    if site.op.name not in ATTENTIONS:
        return []
    queries, keys = Attention(site).p.shape[-2:]
    return ["keys", "values"] if queries == keys > 1 else []


def inject(site: Site) -> Gradients | None:
    return _Untransposed(site).gradients() if site.choice else None


FAULT = Fault(
    code="ATT05",
    slug="scores-not-transposed",
    title="the gradient of keys or values is made with the weights of a query, not those of a key",
    family="attention",
    doc=__doc__,
    wrong="dV = P @ dO",
    right="dV = P.T @ dO",
    choices=choices,
    inject=inject,
    repairs=("transpose",),
)
