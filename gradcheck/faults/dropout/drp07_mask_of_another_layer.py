"""A dropout layer goes back with the mask of another one.

## Rule
Each dropout layer has a mask of its own, which both its passes use.

    y1 = x1 * mask1 / keep
    dL/dx1 = dL/dy1 * mask1 / keep, and not mask2

## Symptom
All layers before the dropout are wrong: some units that were on get nothing, others that were off
get something. It runs only where both layers have the same shape.

## Cause
One attribute or variable holds the mask of whichever layer ran last, or an index is off by one.

## Fix
Keep a mask for each layer.

## Hidden when
Both masks are equal, as with one seed.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014),
section 5.1.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.dropout._dropout import dropped, keep, mask
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    if not dropped(site):
        return []
    shape, own = site.output.shape, site.options["seed"]
    others = (s for s in site.around.sites.values() if s.op.name == "dropout")
    return [s.node for s in others if s.output.shape == shape and s.options["seed"] != own]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    other = mask(site.around.sites[site.choice])
    return site.with_first(site.upstream * other / keep(site))


FAULT = Fault(
    code="DRP07",
    slug="mask-of-another-layer",
    title="dropout goes back with the mask of another layer",
    family="dropout",
    doc=__doc__,
    wrong="dx1 = dy1 * mask2 / keep",
    right="dx1 = dy1 * mask1 / keep",
    choices=choices,
    inject=inject,
    repairs=("change-index", "replace-name"),
)
