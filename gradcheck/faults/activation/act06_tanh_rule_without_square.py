"""The derivative of a tanh is written 1 - a; the square is missing.

## Rule
The square comes from the quotient rule.

    a = sinh(z) / cosh(z)
    a' = (cosh(z)**2 - sinh(z)**2) / cosh(z)**2 = 1 - a**2

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. Units with a negative activation get too much, those with a positive one
too little.

## Cause
The rule is remembered without its square, or taken from the sigmoid's.

## Fix
Square the activation: 1 - a**2.

## Hidden when
Every activation is 0 or 1.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 5.60. A sigmoid's 1 - a is
ACT05.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.name != "tanh":
        return None
    return site.with_first(site.upstream * (1 - site.output))


FAULT = Fault(
    code="ACT06",
    slug="tanh-rule-without-square",
    title="the tanh's rule without its square: 1 - a instead of 1 - a**2",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * (1 - A1)",
    right="dZ1 = dA1 * (1 - A1**2)",
    inject=inject,
    repairs=("square",),
)
