"""The gradient's axes of heads and positions are not exchanged, but read over.

## Rule
The way back undoes the way there.

    (n, t, d) reshaped to (n, t, heads, w), transposed to (n, heads, t, w)
    (n, heads, t, w) transposed to (n, t, heads, w), reshaped to (n, t, d)

## Symptom
Queries, keys and values are wrong, and all layers below them; the output's projection is right.
Positions and heads are mixed up.

## Cause
reshape(n, heads, t, w) at once; the sizes fit, so that nothing raises.

## Fix
Reshape and transpose, or transpose and reshape.

## Hidden when
There is one head, or one position.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.2.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.op import Gradients


class _CutApart(Attention):
    def d_heads(self) -> Array:
        right = super().d_heads()
        return self.merged(right).reshape(right.shape)


class _Joined(Attention):
    def merged(self, x: Array) -> Array:
        return x.reshape(len(x), x.shape[2], -1)


def choices(site: Site) -> list[str]:
    """Tell where the transposition is missing: where heads are cut apart, or joined."""
    fits = site.op.name in ATTENTIONS and Attention(site).heads > 1
    return ["cut apart", "joined"] if fits else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    return (_Joined if site.choice == "joined" else _CutApart)(site).gradients()


FAULT = Fault(
    code="ATT10",
    slug="heads-reshaped-not-transposed",
    title="heads are cut apart or joined by a reshape alone in attention's backward pass",
    family="attention",
    doc=__doc__,
    wrong="d_heads = dO.reshape(n, heads, t, w)",
    right="d_heads = dO.reshape(n, t, heads, w).transpose(0, 2, 1, 3)",
    choices=choices,
    inject=inject,
    repairs=("transpose",),
)
