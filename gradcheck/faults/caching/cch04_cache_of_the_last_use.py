"""A layer is applied twice, and its cache holds the last use only.

## Rule
Every use has an input of its own.

    z1 = x1 @ W, z2 = x2 @ W
    dL/dW = x1.T @ dz1 + x2.T @ dz2
    and not x2.T @ dz1 + x2.T @ dz2

## Symptom
The gradient of the shared weight is wrong, its bias right; of a table, the wrong rows get the
earlier use's share.

## Cause
`self.x = x` in the forward function of a layer object that is called twice.

## Fix
Push each call's cache on a stack, and pop it on the way back.

## Hidden when
Each layer is applied once, or to the same input.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2.2, where every step keeps
its own values.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    shapes = [x.shape for x in site.inputs]
    uses = (s for s in site.around.sites.values() if s.names and s.names == site.names)
    alike = (s for s in uses if [x.shape for x in s.inputs] == shapes)
    last = next(alike, site)
    # The sites run from the loss inwards, so the use that was last comes first.
    if last.node == site.node or last.sources == site.sources:
        return None
    return site.op.backward(site.upstream, last.cache)


FAULT = Fault(
    code="CCH04",
    slug="cache-of-the-last-use",
    title="a layer that is used twice goes back both times with its last input",
    family="caching",
    doc=__doc__,
    wrong="dW = x2.T @ dz1 + x2.T @ dz2",
    right="dW = x1.T @ dz1 + x2.T @ dz2",
    inject=inject,
    repairs=("replace-name", "change-index"),
)
