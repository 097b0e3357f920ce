"""The derivative of the last activation is left out of the first delta.

## Rule
The output's activation lies between the loss and the last layer.

    yhat = s(Z)
    dL/dZ = dL/dyhat * s'(Z)

## Symptom
All gradients are wrong, from the last layer inwards, unit by unit and sample by sample. They
are often the exact gradients of another loss: with a sigmoid, yhat - y belongs to the binary
cross-entropy.

## Cause
yhat - y is remembered as the delta of any output layer; it is so for matching pairs only.

## Fix
Multiply by s'(Z); or use the loss that goes with the activation, whose delta yhat - y is.

## Hidden when
The output is linear.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP1; Bishop, *Pattern Recognition
and Machine Learning* (2006), section 5.2, on matching pairs; seen in
https://github.com/jiexunsee/Neural-Network-with-Python/issues/1 and
https://github.com/Bot-Academy/NeuralNetworkFromScratch/pull/3. Before a binary cross-entropy it
is LOS04.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.kind != "activation" or site.op.slope is None or site.hidden:
        return None
    at_loss = any(taker.op.name == "binary_cross_entropy" for taker in site.after)
    if at_loss or site.op.name == "identity":
        return None
    return site.with_first(site.upstream)


FAULT = Fault(
    code="ACT22",
    slug="output-derivative-missing",
    title="the derivative of the output's activation is missing",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ2 = yhat - y",
    right="dZ2 = (yhat - y) * sigmoid_prime(Z2)",
    inject=inject,
    repairs=("append-derivative",),
)
