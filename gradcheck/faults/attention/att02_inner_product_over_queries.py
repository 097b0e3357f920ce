"""What is taken off each row of dP is summed along the wrong axis.

## Rule
The softmax runs along the keys, and so does its backward pass.

    P_tj = softmax over j of S_tj
    dS_tj = P_tj (dP_tj - sum over j of dP_tj P_tj)

## Symptom
Queries and keys are wrong, and all layers below them; the values are right.

## Cause
axis=-2 for axis=-1; keepdims lets it broadcast.

## Fix
Sum over the last axis, the keys.

## Hidden when
There is one query and one key.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.1.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _OverQueries(Attention):
    def inner(self) -> Array:
        return np.asarray((self.dp() * self.p).sum(axis=-2, keepdims=True))


def inject(site: Site) -> Gradients | None:
    return _OverQueries(site).gradients() if site.op.name in ATTENTIONS else None


FAULT = Fault(
    code="ATT02",
    slug="inner-product-over-queries",
    title="the softmax's inner product is summed over the queries instead of the keys",
    family="attention",
    doc=__doc__,
    wrong="dS = P * (dP - (dP * P).sum(axis=-2, keepdims=True))",
    right="dS = P * (dP - (dP * P).sum(axis=-1, keepdims=True))",
    inject=inject,
    repairs=("change-axis",),
)
