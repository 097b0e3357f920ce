"""A constant factor has strayed into the gradient of one weight.

## Rule
The gradient of a weight has the delta and the input in it and nothing else.

    z = x @ W + b
    dL/dW = x.T @ dL/dz

## Symptom
The gradient of a single weight is a multiple of the true one, by a factor that is no size of
the

      network; all others are right.

## Cause
A number left over from an experiment, or one that belongs to another loss.

## Fix
Take the factor out.

## Hidden when
The factor is 1.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), algorithm 6.4; planted on purpose, 2
on a weight, in the gradient-checking exercise of

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
    code="AVG09",
    slug="stray-factor-on-a-weight",
    title="one weight's gradient has a constant factor that does not belong there",
    family="averaging",
    doc=__doc__,
    wrong="dW2 = 2 * A1.T @ dZ2",
    right="dW2 = A1.T @ dZ2",
    each=("weight",),
    inject=inject,
    constant=2.0,
    repairs=("drop-factor",),
)
