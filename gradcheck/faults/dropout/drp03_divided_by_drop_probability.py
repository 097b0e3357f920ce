"""The gradient is divided by the probability of dropping a unit, not of keeping it.

## Rule
The factor makes up for the share that is kept.

    E(mask) = keep = 1 - p
    y = x * mask / (1 - p)
    dL/dx = dL/dy * mask / (1 - p)

## Symptom
The gradients of all layers before the dropout are wrong by the factor (1 - p) / p; those behind
it are right.

## Cause
Some libraries are given the probability of keeping, others that of dropping.

## Fix
Divide by 1 - p, and call the number by what it means.

## Hidden when
p is ½.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014),
section 10; seen, in a forward pass, in https://github.com/lmjohns3/theanets/pull/123.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.dropout._dropout import dropped, keep, mask
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not dropped(site) or keep(site) == site.options["rate"]:
        return None
    return site.with_first(site.upstream * mask(site) / site.options["rate"])


FAULT = Fault(
    code="DRP03",
    slug="divided-by-drop-probability",
    title="the gradient through dropout is divided by the probability of dropping",
    family="dropout",
    doc=__doc__,
    wrong="dx = dy * mask / p",
    right="dx = dy * mask / (1 - p)",
    inject=inject,
    repairs=("replace-name", "change-index"),
)
