"""rowsum(dO * O) stands for a sum over all keys of one head, and is taken of another part.

## Rule
The short form holds for a full row of one head.

    sum over all keys of dP * P = dO . O, as O = P V and dP = dO V.T
    dS = P * (dP - dO . O)

## Symptom
Queries and keys are wrong, and all layers below them; the values are right.

## Cause
A version in blocks takes off each block's own sum; or O has its heads joined already, and the sum
over the features is one over all heads.

## Fix
Sum over all keys and over the head's own features.

## Hidden when
There is one block and one head.

## Sources
Dao et al., *FlashAttention* (2022), appendix B.2; discussed in
https://github.com/huggingface/picotron/issues/37.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _Partly(Attention):
    def inner(self) -> Array:
        if self.site.choice == "all heads":
            return np.asarray(super().inner().sum(axis=1, keepdims=True))
        products = self.dp() * self.p
        half = products.shape[-1] // 2
        blocks = (products[..., :half], products[..., half:])
        sums = [np.broadcast_to(b.sum(axis=-1, keepdims=True), b.shape) for b in blocks]
        return np.concatenate(sums, axis=-1)


def choices(site: Site) -> list[str]:
    """Tell what is summed over: each half of the keys, or all heads."""
    if site.op.name not in ATTENTIONS:
        return []
    attention = Attention(site)
    fits = {"blocks": attention.p.shape[-1] > 1, "all heads": attention.heads > 1}
    return [choice for choice, there in fits.items() if there]


def inject(site: Site) -> Gradients | None:
    return _Partly(site).gradients() if site.choice else None


FAULT = Fault(
    code="ATT09",
    slug="inner-product-over-another-part",
    title="the softmax's inner product is summed over a block of keys, or over all heads",
    family="attention",
    doc=__doc__,
    wrong="D = (dO * O).sum(axis=-1)       # heads joined",
    right="D = (dO_head * O_head).sum(axis=-1)",
    choices=choices,
    inject=inject,
)
