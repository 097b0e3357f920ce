"""A bias's gradient sums the gradient of the activation, not of what enters it.

## Rule
The bias acts before the activation, so the activation's derivative is on its way.

    z = x @ W + b,   a = s(z)
    dL/db = sum_n dL/da_n * s'(z_n)

## Symptom
The gradient of one bias lacks the activation's derivative, unit by unit and sample by sample;
the same layer's weight and all layers nearer the input are right.

## Cause
db is computed from dA in a line above the one that turns dA into dZ.

## Fix
Sum dZ, the delta that the weight's gradient uses as well.

## Hidden when
The activation's derivative is 1 wherever a sample arrives.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equations BP2 and BP3; seen in
https://github.com/arthurdouillard/deepcourse/pull/9.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target is None or len(site.after) != 1:
        return None
    (bent,) = site.after
    if bent.op.kind != "activation" or bent.op.slope is None or bent.op.name == "identity":
        return None
    found = site.op.backward(bent.upstream, site.cache).parameters
    return site.with_parameters({site.target: found[site.target]})


FAULT = Fault(
    code="BIA08",
    slug="bias-without-derivative",
    title="a bias's gradient comes from dA, without the activation's derivative",
    family="bias",
    doc=__doc__,
    wrong="db = dA.sum(axis=0)",
    right="db = dZ.sum(axis=0)",
    each=("bias",),
    inject=inject,
    repairs=("replace-name", "append-derivative"),
)
