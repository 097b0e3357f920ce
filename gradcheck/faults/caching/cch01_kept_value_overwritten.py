"""An operation in place overwrites a value that the backward pass needs.

## Rule
The backward pass reads what the forward pass read.

    z = h @ W, y = h + f(z)
    dL/dW = h.T @ dL/dz
    but after h += f(z), in place, h is y

## Symptom
The gradient of one weight is wrong; all other layers are right. The code looks sound. An
activation in place on its own pre-activation is seen as ACT02 or ACT03, whose gradients it makes.

## Cause
`+=`, `*=` or `out=` on an array that another step has kept a reference to.

## Fix
Make a new array, or keep a copy.

## Hidden when
Nobody reads the old value, as with a ReLU's own rule.

## Sources
Griewank and Walther, *Evaluating Derivatives* (2008), section 4.1, on overwritten
values; seen in https://github.com/deeplearning4j/deeplearning4j/pull/364.
"""

from collections.abc import Iterator

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import takers
from gradcheck.faults._windows import again
from gradcheck.op import Gradients

IN_PLACE = ("add", "subtract", "dropout")


def _overwriting(site: Site) -> Iterator[Site]:
    """Yield the later nodes that can work in place on what this one was given."""
    order = list(site.around.sites)
    for name in dict.fromkeys(site.sources):
        for taker in takers(site, name):
            later = order.index(taker.node) < order.index(site.node)
            if later and taker.op.name in IN_PLACE:
                yield taker


def choices(site: Site) -> list[str]:
    return [taker.node for taker in _overwriting(site)] if site.parameters else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    taker = site.around.sites[site.choice]
    given = zip(site.sources, site.inputs, strict=True)
    inputs = tuple(taker.output if name in taker.sources else x for name, x in given)
    return again(site, inputs=inputs)


FAULT = Fault(
    code="CCH01",
    slug="kept-value-overwritten",
    title="an operation in place overwrites a value that the backward pass needs",
    family="caching",
    doc=__doc__,
    wrong="h += f(h @ W)               # dW = h.T @ dz comes later",
    right="y = h + f(h @ W)",
    choices=choices,
    inject=inject,
    repairs=("replace-name",),
)
