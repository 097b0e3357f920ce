"""The gradient of the queries is handed to the keys and the other way round.

## Rule
Each factor of a product gets the other one, in its own shape.

    S = Q K.T / sqrt(d)
    dQ = dS K / sqrt(d),   dK = dS.T Q / sqrt(d)

## Symptom
Queries and keys are wrong, and all layers below them; the values are right.

## Cause
Two results come back in the other order, or dQ and dK change names.

## Fix
Return them in the order of the arguments.

## Hidden when
Q and K are equal and the scores' gradient is symmetric. With another number of keys than queries
it raises.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.1.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _Swapped(Attention):
    def dq(self) -> Array:
        return super().dk()

    def dk(self) -> Array:
        return super().dq()


def inject(site: Site) -> Gradients | None:
    if site.op.name not in ATTENTIONS:
        return None
    queries, keys = Attention(site).p.shape[-2:]
    return _Swapped(site).gradients() if queries == keys else None


FAULT = Fault(
    code="ATT06",
    slug="queries-and-keys-swapped",
    title="queries and keys get each other's gradients",
    family="attention",
    doc=__doc__,
    wrong="dK, dQ = dS @ K / np.sqrt(d), dS.T @ Q / np.sqrt(d)",
    right="dQ, dK = dS @ K / np.sqrt(d), dS.T @ Q / np.sqrt(d)",
    inject=inject,
    repairs=("swap-operands",),
)
