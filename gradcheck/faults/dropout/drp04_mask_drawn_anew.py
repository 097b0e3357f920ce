"""The backward pass draws a mask of its own.

## Rule
There is one mask, and both passes use it.

    y = x * mask / keep
    dL/dx = dL/dy * mask / keep, with the same mask

## Symptom
All layers before the dropout are wrong: some units that were on get nothing, others that were off
get something. A program that draws anew each time returns another gradient with each call.

## Cause
The mask is drawn in a function that both passes call.

## Fix
Draw in the forward pass, and keep what was drawn.

## Hidden when
Nothing is dropped.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014),
section 5.1. Planted is the second draw of the generator that drew the first; a mask from elsewhere
can't be foreseen, and stays unexplained: GRD01.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults.dropout._dropout import dropped, keep
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not dropped(site):
        return None
    generator = np.random.default_rng(site.options["seed"])
    _, second = generator.random((2, *site.upstream.shape[1:]))
    return site.with_first(np.where(second >= site.options["rate"], site.upstream / keep(site), 0))


FAULT = Fault(
    code="DRP04",
    slug="mask-drawn-anew",
    title="the backward pass of dropout draws another mask",
    family="dropout",
    doc=__doc__,
    wrong="dx = dy * draw_mask() / keep",
    right="dx = dy * mask / keep",
    inject=inject,
    repairs=("replace-name",),
)
