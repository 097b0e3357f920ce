"""The derivative of a hidden layer's activation is left out of the chain rule.

## Rule
A function on the way from the weight to the loss gives its derivative as a factor.

    A = s(Z)
    dL/dZ = dL/dA * dA/dZ
          = dL/dA * s'(Z)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. No common factor explains it: each unit and sample lacks its own one.

## Cause
The gradient is carried through the weights and then used as if the layer had no activation.

## Fix
Multiply, entry by entry, by the activation's derivative at the pre-activation.

## Hidden when
The derivative is 1 throughout: the identity, or a ReLU whose units are all active.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; seen in
https://github.com/iamtrask/Grokking-Deep-Learning/issues/50 and
https://blog.primen.dk/numerical-gradient-checking/.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.kind != "activation" or site.op.slope is None or not site.hidden:
        return None
    return site.with_inputs(site.upstream)


FAULT = Fault(
    code="ACT01",
    slug="derivative-missing",
    title="the derivative of a hidden activation is missing",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dZ2 @ W2.T",
    right="dZ1 = dZ2 @ W2.T * sigmoid_prime(Z1)",
    inject=inject,
    repairs=("append-derivative",),
)
