"""The gradient of a shortcut is added twice.

## Rule
A sum hands its gradient to both sides, once.

    y = x + f(x)
    dL/dx = dL/dy + dL/dy * f'(x)

## Symptom
All layers before the block are wrong, by just the gradient that arrives at its end; the block
and what follows are right. With many blocks the gradient explodes block by block.

## Cause
Both the block's backward function and the code that calls it add the shortcut.

## Fix
Let one of them do it.

## Hidden when
Nothing before the block is learned.

## Sources
He, Zhang, Ren and Sun, *Identity Mappings in Deep Residual Networks* (2016), equation 5; seen, in
a forward pass, in https://github.com/yakhyo/darknet-pytorch/issues/2.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import shortcut, with_input
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    place = shortcut(site)
    right = None if place is None else site.gradients.inputs[place]
    return None if place is None or right is None else with_input(site, place, 2 * right)


FAULT = Fault(
    code="GRF05",
    slug="shortcut-twice",
    title="the gradient of the shortcut around a block is added twice",
    family="graph",
    doc=__doc__,
    wrong="dx = 2 * dy + block_backward(dy)",
    right="dx = dy + block_backward(dy)",
    inject=inject,
    repairs=("drop-factor",),
)
