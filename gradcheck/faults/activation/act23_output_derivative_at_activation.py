"""The last activation's derivative is taken at the prediction, not at its pre-activation.

## Rule
A derivative is taken at the argument that its function was given.

    yhat = s(Z)
    dL/dZ = dL/dyhat * s'(Z)
    s'(Z) = yhat * (1 - yhat) for the sigmoid: the same, written for yhat

## Symptom
All gradients are wrong, from the last layer inwards. With a sigmoid each sample is off by some
per cent, and the network learns.

## Cause
The function that holds the derivative expects z, and is handed the prediction.

## Fix
Hand over the pre-activation, or use the form that is written for the prediction.

## Hidden when
The output is linear or a ReLU.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP1. In a hidden layer it is
ACT02.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.kind != "activation" or site.op.slope is None or site.hidden:
        return None
    return site.with_first(site.upstream * site.op.slope(site.output, **site.options))


FAULT = Fault(
    code="ACT23",
    slug="output-derivative-at-activation",
    title="the derivative of the output's activation is evaluated at the output",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ2 = (yhat - y) * sigmoid_prime(yhat)",
    right="dZ2 = (yhat - y) * sigmoid_prime(Z2)",
    inject=inject,
    repairs=("replace-name", "drop-call"),
)
