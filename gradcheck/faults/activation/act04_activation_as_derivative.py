"""The value of an activation takes the place of its derivative.

## Rule
The chain rule asks how fast the activation changes, not how large it is.

    A = s(Z)
    dL/dZ = dL/dA * s'(Z), and not dL/dA * s(Z)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. The factor of each unit and sample is the activation; a tanh's even has
either sign.

## Cause
A function called tanh_d or dsigmoid that returns the activation, or a missing line in it.

## Fix
Return the derivative: a (1 - a) for a sigmoid, 1 - a**2 for a tanh.

## Hidden when
The function is its own derivative, as exp is.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; seen in
https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1 and
https://github.com/andersbll/nnet/issues/4.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.kind != "activation" or site.op.slope is None or site.op.name == "exp":
        return None
    return site.with_first(site.upstream * site.output)


FAULT = Fault(
    code="ACT04",
    slug="activation-as-derivative",
    title="the activation itself is used as its derivative",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * sigmoid(Z1)",
    right="dZ1 = dA1 * sigmoid_prime(Z1)",
    inject=inject,
    repairs=("replace-by-derivative", "replace-name", "append-derivative"),
)
