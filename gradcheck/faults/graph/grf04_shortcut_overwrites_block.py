"""What comes back through a shortcut replaces what comes back through the block.

## Rule
A sum hands its gradient to both sides.

    y = x + f(x)
    dL/dx = dL/dy + dL/dy * f'(x)

## Symptom
All layers before the block are wrong: they get the gradient at its end as if the block did not
depend on them. The block and what follows are right.

## Cause
`dx = dy` after `dx = block.backward(dy)`, or before it and with a buffer that the block does not
add to.

## Fix
Add what comes back on the two ways.

## Hidden when
Nothing before the block is learned.

## Sources
He, Zhang, Ren and Sun, *Identity Mappings in Deep Residual Networks* (2016), equation 5.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import around_block, joint_inputs, shortcut
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    """Name what enters a block at this node and is taken around it elsewhere."""
    names = {site.sources[place] for place in joint_inputs(site).values()}
    return [] if shortcut(site) is not None else sorted(n for n in names if around_block(site, n))


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    inputs = zip(site.sources, site.gradients.inputs, strict=True)
    return site.with_inputs(
        *(g if g is None or n != site.choice else np.zeros_like(g) for n, g in inputs)
    )


FAULT = Fault(
    code="GRF04",
    slug="shortcut-overwrites-block",
    title="the gradient of the shortcut replaces that of the block",
    family="graph",
    doc=__doc__,
    wrong="dx = dy",
    right="dx = dy + block_backward(dy)",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate", "insert-statement"),
)
