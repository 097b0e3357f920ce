"""The gradients of queries and keys are not divided by sqrt(d) once each.

## Rule
The factor belongs to the scores, and reaches both of their factors once.

    S = Q K.T / sqrt(d)
    dQ = dS K / sqrt(d),   dK = dS.T Q / sqrt(d)

## Symptom
Queries and keys, or one of them, are off by sqrt(d); the values are right.

## Cause
dS is divided already, and then dQ and dK again; or only one of the two lines has the factor.

## Fix
Divide dS once and for all.

## Hidden when
Heads of one feature.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.1.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _Uneven(Attention):
    def factor(self, name: str) -> float:
        """Return what a gradient that should be divided once is multiplied by."""
        if self.site.choice == "twice":
            return 1 / self.root
        return 1.0 if self.site.choice == name else self.root

    def dq(self) -> Array:
        return super().dq() * self.factor("queries only")

    def dk(self) -> Array:
        return super().dk() * self.factor("keys only")


def choices(site: Site) -> list[str]:
    """Tell what is divided."""
    fits = site.op.name in ATTENTIONS and Attention(site).root > 1
    return ["twice", "queries only", "keys only"] if fits else []


def inject(site: Site) -> Gradients | None:
    return _Uneven(site).gradients() if site.choice else None


FAULT = Fault(
    code="ATT04",
    slug="scale-twice-or-once",
    title="the scores' factor 1/sqrt(d) is applied twice, or to one of queries and keys only",
    family="attention",
    doc=__doc__,
    wrong="dQ, dK = dS @ K / np.sqrt(d), dS.T @ Q",
    right="dQ, dK = dS @ K / np.sqrt(d), dS.T @ Q / np.sqrt(d)",
    choices=choices,
    inject=inject,
    repairs=("divide", "multiply", "drop-factor"),
)
