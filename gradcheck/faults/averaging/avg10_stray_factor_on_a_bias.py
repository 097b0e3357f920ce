"""A constant factor has strayed into the gradient of one bias.

## Rule
The gradient of a bias has the delta in it and nothing else.

    z = x @ W + b
    dL/db = sum of dL/dz over the samples

## Symptom
The gradient of a single bias is a multiple of the true one, by a factor that is no size of the

      network; all others are right.

## Cause
A number left over from an experiment, or one that belongs to another loss.

## Fix
Take the factor out.

## Hidden when
The factor is 1.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), algorithm 6.4; planted on purpose, 4
on a bias, in the gradient-checking exercise of

      Ng, *Improving Deep Neural Networks* (2017), week 1, so met by all who took it.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target is None:
        return None
    right = site.gradients.parameters[site.target]
    return site.with_parameters({site.target: right * site.constant})


FAULT = Fault(
    code="AVG10",
    slug="stray-factor-on-a-bias",
    title="one bias's gradient has a constant factor that does not belong there",
    family="averaging",
    doc=__doc__,
    wrong="db1 = 4 * dZ1.sum(axis=0)",
    right="db1 = dZ1.sum(axis=0)",
    each=("bias",),
    inject=inject,
    constant=4.0,
    repairs=("drop-factor",),
)
