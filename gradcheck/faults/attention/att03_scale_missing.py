"""The scores have been divided by sqrt(d), their gradients are not.

## Rule
What divides on the way there divides on the way back.

    S = Q K.T / sqrt(d)
    dQ = dS K / sqrt(d),   dK = dS.T Q / sqrt(d)

## Symptom
Queries and keys have gradients too large by sqrt(d); the values are right.

## Cause
The matrix product is differentiated, the division is forgotten.

## Fix
Divide both, or dS once.

## Hidden when
Heads of one feature.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.1.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _Unscaled(Attention):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.root = 1.0


def inject(site: Site) -> Gradients | None:
    if site.op.name not in ATTENTIONS or Attention(site).root == 1:
        return None
    return _Unscaled(site).gradients()


FAULT = Fault(
    code="ATT03",
    slug="scale-missing",
    title="the scores' factor 1/sqrt(d) is missing in attention's backward pass",
    family="attention",
    doc=__doc__,
    wrong="dQ, dK = dS @ K, dS.T @ Q",
    right="dQ, dK = dS @ K / np.sqrt(d), dS.T @ Q / np.sqrt(d)",
    inject=inject,
    repairs=("divide",),
)
