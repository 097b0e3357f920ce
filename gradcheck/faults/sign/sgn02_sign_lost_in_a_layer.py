"""The sign of one hidden layer's delta is lost, and all layers from there inwards go astray.

## Rule
The chain rule only multiplies; no minus comes in on the way.

    dL/dZ1 = (dL/dZ2 @ W2.T) * s'(Z1)
    dL/dW1 = X.T @ dL/dZ1

## Symptom
The layer under the activation, and every layer nearer the input, has exactly the opposite of
its gradient; the layers behind it are right. So the head learns while the rest climbs.

## Cause
A minus that belongs to the first delta, where the residual is written y - yhat, is applied
again in a later one, or is left out there where each line carries its own.

## Fix
Write the minus once, where the loss is differentiated, and nowhere else.

## Hidden when
Never, unless the delta of that layer is zero.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 5.3.1, equation 5.56, which
has no minus either. At what a difference subtracts it is SGN03.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.kind != "activation" or not site.hidden or right is None:
        return None
    if any(t.op.name == "subtract" and t.sources[1] == site.node for t in site.after):
        return None
    return site.with_first(-right)


FAULT = Fault(
    code="SGN02",
    slug="sign-lost-in-a-layer",
    title="the sign of one hidden layer's delta is reversed",
    family="sign",
    doc=__doc__,
    wrong="dZ1 = -(dZ2 @ W2.T) * sigmoid_prime(Z1)",
    right="dZ1 = (dZ2 @ W2.T) * sigmoid_prime(Z1)",
    inject=inject,
    repairs=("negate",),
)
