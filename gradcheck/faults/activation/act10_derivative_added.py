"""The activation's derivative is added to the upstream gradient.

## Rule
Along one path the chain rule multiplies; it adds over different paths.

    A = s(Z)
    dL/dZ = dL/dA * s'(Z)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. All deltas are shifted by a number between 0 and 1, most often far above
the true ones, so that everything falls together.

## Cause
`+=` for `*=`, or a plus for a star.

## Fix
Multiply what arrives by the derivative.

## Hidden when
Never, but by chance.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.5.2.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.kind != "activation" or site.op.slope is None:
        return None
    return site.with_first(site.upstream + site.op.slope(site.inputs[0], **site.options))


FAULT = Fault(
    code="ACT10",
    slug="derivative-added",
    title="the activation's derivative is added, not multiplied",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 + sigmoid_prime(Z1)",
    right="dZ1 = dA1 * sigmoid_prime(Z1)",
    inject=inject,
    repairs=("replace-name",),
)
