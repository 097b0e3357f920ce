"""The derivative of the tangent or of its inverse is used for the hyperbolic tangent.

## Rule
The hyperbolic functions carry the other sign.

    tanh' = 1 - tanh**2
    tan' = 1 + tan**2,   arctan'(z) = 1 / (1 + z**2)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. With 1 + a**2 the gradients are too large, the more the more saturated the
unit; with 1 / (1 + z**2) they are right near z = 0.

## Cause
A table of derivatives, read one line too high or too low.

## Fix
Use the hyperbolic one: 1 - a**2.

## Hidden when
z is 0 throughout.

## Sources
Abramowitz and Stegun, *Handbook of Mathematical Functions* (1964), 4.3.107, 4.4.54 and 4.5.73;
the right rule was taken for this mistake in https://github.com/nicodjimenez/lstm/issues/41 and
https://github.com/neowsl/rust-ml/issues/3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> tuple[str, ...]:
    return ("tan", "arctan") if site.op.name == "tanh" else ()


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    z, a = site.inputs[0], site.output
    return site.with_first(site.upstream * (1 + a**2 if site.choice == "tan" else 1 / (1 + z**2)))


FAULT = Fault(
    code="ACT07",
    slug="tan-for-tanh",
    title="the tanh is given the derivative of tan or of arctan",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * (1 + A1**2)",
    right="dZ1 = dA1 * (1 - A1**2)",
    choices=choices,
    inject=inject,
    repairs=("negate", "replace-name"),
)
