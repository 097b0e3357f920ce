"""Of the sigmoid's derivative, a (1 - a), only the second factor is written.

## Rule
Both factors come from the quotient rule.

    a = 1 / (1 + exp(-z))
    a' = exp(-z) / (1 + exp(-z))**2 = a (1 - a)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. They are too large, by 1 / a for each unit and sample.

## Cause
The rule is remembered by half, or its first factor is taken for the upstream gradient.

## Fix
Multiply by a as well.

## Hidden when
The unit is saturated at 1, where both are zero.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.88; seen in
https://devhide.com/neural-networks-trying-to-understand-cost-function-with-respect-to-gradient-45988293.
A tanh's 1 - a is ACT06.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.name != "sigmoid":
        return None
    return site.with_first(site.upstream * (1 - site.output))


FAULT = Fault(
    code="ACT05",
    slug="half-of-the-sigmoid-rule",
    title="half of the sigmoid's rule: 1 - a instead of a (1 - a)",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * (1 - A1)",
    right="dZ1 = dA1 * A1 * (1 - A1)",
    inject=inject,
    repairs=("multiply",),
)
