"""Of the gradients that queries, keys and values hand to their common source one is lost.

## Rule
What is used several times gets the sum.

    K = C W_K,   V = C W_V
    dC = dK W_K.T + dV W_V.T, and in self-attention dQ W_Q.T too

## Symptom
All layers below the attention are wrong, its own projections are right.

## Cause
dC is assigned twice, and the second overwrites the first.

## Fix
Add up what each of them hands back.

## Hidden when
The sequence is data, or the gradient that is lost is zero. Of an attention without projections it
is GRF01, too.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), section 3.2.3; GRF06 is the general case.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults.attention._attention import GIVEN, Attention
from gradcheck.op import Gradients


class _Losing(Attention):
    def of_sources(self, arriving: dict[str, Array]) -> dict[str, Array]:
        found = super().of_sources(arriving)
        return {name: dx * (name != self.site.choice) for name, dx in found.items()}


def choices(site: Site) -> list[str]:
    """Tell which contribution is lost."""
    if site.op.name == "attention":
        given = zip(GIVEN, site.sources[:3], strict=True)
        return [n for n, s in given if site.sources.count(s) > 1 and s in site.around.sites]
    if site.op.name != "multi_head_attention":
        return []
    cross = len(site.inputs) - site.options["mask"] == 2
    learned = site.sources[1 if cross else 0] in site.around.sites
    return list(GIVEN[1:] if cross else GIVEN) if learned else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    if site.op.name == "multi_head_attention":
        return _Losing(site).gradients()
    lost = GIVEN.index(site.choice)
    given = enumerate(site.gradients.inputs)
    return site.with_inputs(*(g if g is None or k != lost else 0 * g for k, g in given))


FAULT = Fault(
    code="ATT12",
    slug="one-of-several-contributions",
    title="a sequence that serves as keys and values gets the gradient of one of them only",
    family="attention",
    doc=__doc__,
    wrong="dC = dK @ W_K.T; dC = dV @ W_V.T",
    right="dC = dK @ W_K.T; dC += dV @ W_V.T",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate",),
)
