"""The derivative of a hidden activation is evaluated at the activation, not the pre-activation.

## Rule
A derivative is taken at the argument that its function was given.

    A = s(Z)
    dL/dZ = dL/dA * s'(Z)
    s'(Z) = A * (1 - A) for the sigmoid: the same, written for A

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. With a sigmoid the wrong gradient points almost where the true one does,
some per cent too long or too short, and the network even learns.

## Cause
The function that holds the derivative expects z and applies the activation itself, but is handed a,
to which the activation has been applied already.

## Fix
Hand over the pre-activation, and keep it in the forward pass's cache; or use a formula that is
written for the activation.

## Hidden when
The derivative is the same at both: the identity, or a ReLU, whose output is positive where its
input is. Near z = 0 a tanh hides it too, as it hardly moves z there, and with a sigmoid it
stays within some per cent, which a loose tolerance lets pass.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; seen in
https://github.com/liashchynskyi/skynet/pull/1 and
https://github.com/davidrmiller/neural2d/issues/40.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.kind != "activation" or site.op.slope is None or not site.hidden:
        return None
    return site.with_inputs(site.upstream * site.op.slope(site.output, **site.options))


FAULT = Fault(
    code="ACT02",
    slug="derivative-at-activation",
    title="the derivative of a hidden activation is evaluated at the activation, a, not at z",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * sigmoid_prime(A1)      # the derivative at sigmoid(z)",
    right="dZ1 = dA1 * sigmoid_prime(Z1)      # or dA1 * A1 * (1 - A1)",
    inject=inject,
    repairs=("replace-name", "drop-call"),
)
