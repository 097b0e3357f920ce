"""The gradient goes back through a block, and not through the shortcut around it.

## Rule
A sum hands its gradient to both sides.

    y = x + f(x)
    dL/dx = dL/dy + dL/dy * f'(x)

## Symptom
All layers before the block are wrong, by just the gradient that arrives at its end; the block
and what follows are right. With many blocks the gradient vanishes block by block, which the
shortcut was there to prevent.

## Cause
`dx = block.backward(dy)`, and the + of the forward pass is forgotten.

## Fix
Add dy (or, where shortcut and block are joined side by side, its stretch of the gradient).

## Hidden when
Nothing before the block is learned.

## Sources
He, Zhang, Ren and Sun, *Identity Mappings in Deep Residual Networks* (2016), equation 5; seen in
https://github.com/paiml/entrenar/issues/313 and https://github.com/jakeret/tf_unet/pull/9.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import shortcut, with_input
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    place = shortcut(site)
    if place is None:
        return None
    return with_input(site, place, np.zeros_like(site.inputs[place]))


FAULT = Fault(
    code="GRF03",
    slug="shortcut-missing",
    title="the gradient of the shortcut around a block is missing",
    family="graph",
    doc=__doc__,
    wrong="dx = block_backward(dy)",
    right="dx = dy + block_backward(dy)",
    inject=inject,
    repairs=("insert-statement",),
)
