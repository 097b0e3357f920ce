"""One use's share of a shared parameter is added twice.

## Rule
A shared parameter's gradient adds up the shares of its uses, each of them once.

    z1 = x1 @ W, z2 = x2 @ W
    dL/dW = x1.T @ dz1 + x2.T @ dz2

## Symptom
The gradient of the shared parameter is wrong, all others are right.

## Cause
Both the use and the code that collects the gradients add the share.

## Fix
Let one of them do it.

## Hidden when
The share is zero.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.2, on shared parameters; seen
in https://github.com/zou-group/textgrad/pull/200. Where the parameter has one use, it is a stray
factor of 2: AVG09, AVG10.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target not in site.shared:
        return None
    return site.with_parameters({site.target: 2 * site.gradients.parameters[site.target]})


FAULT = Fault(
    code="GRF10",
    slug="share-added-twice",
    title="the share of one use of a shared parameter is added twice",
    family="graph",
    doc=__doc__,
    wrong="dW = 2 * x1.T @ dz1 + x2.T @ dz2",
    right="dW = x1.T @ dz1 + x2.T @ dz2",
    each=("weight", "bias"),
    inject=inject,
    repairs=("drop-factor",),
)
