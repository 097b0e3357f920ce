"""A table is looked up in two places, and the second use's rows replace the first's.

## Rule
Each use adds its share to the rows that it has read.

    y = E[ids], z = E[others]
    dE[k] = sum over ids = k of dy + sum over others = k of dz

## Symptom
Rows that both uses have read lack the first use's share, and of repeated ids only the last counts.
With a single use that starts from zeros it is the same gradient as EMB01, under which it is
reported then; only the text can tell.

## Cause
`dE[ids] = dy`, as with a table that is filled.

## Fix
Add: np.add.at(dE, ids, dy).

## Hidden when
All ids are different, and no row serves twice.

## Sources
Harris et al., *Array programming with NumPy* (2020), on indexing; seen in
https://github.com/karpathy/nn-zero-to-hero/issues/57.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import uses
from gradcheck.faults.embedding._table import last_of_each, looked_up
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "embedding":
        return None
    order = list(site.around.sites)
    others = [
        other.gradients.parameters["weight"]
        for other, _ in uses(site, "weight")
        if other.op.name == "embedding" and order.index(other.node) < order.index(site.node)
    ]
    if not others:
        return None
    ids, _ = looked_up(site)
    found = last_of_each(site)
    for share in others:
        found[ids] = found[ids] - share[ids]
    return site.with_parameters({"weight": found})


FAULT = Fault(
    code="EMB02",
    slug="rows-assigned",
    title="rows that another use has filled are assigned, not added to",
    family="embedding",
    doc=__doc__,
    wrong="dE[ids] = dy",
    right="np.add.at(dE, ids, dy)",
    inject=inject,
    repairs=("scatter-add", "assign-to-accumulate", "wrap-call"),
)
