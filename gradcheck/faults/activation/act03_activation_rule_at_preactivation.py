"""A derivative written in terms of the activation is fed the pre-activation.

## Rule
A derivative written with the function's value holds for that value alone.

    A = s(Z)
    s'(Z) = s(Z) * (1 - s(Z))
          = A * (1 - A), and not Z * (1 - Z)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. Entries of either sign are off, and grow with the square of z: the formula
can be negative, which no derivative of a rising function is.

## Cause
z (1 - z) and 1 - z**2 are derivatives of sigmoid and tanh only if z stands for their output.

## Fix
Hand over the activation, or write the function for z: s = sigmoid(z); s * (1 - s).

## Hidden when
With tanh, near z = 0, where z and tanh(z) agree. With a sigmoid never: at z = 0 the wrong
formula gives 0 instead of 1/4.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.88 and 5.60, for the
derivatives; seen in https://github.com/benoitfragit/libBrain/issues/78.
"""

from collections.abc import Callable, Mapping

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

RULES: Mapping[str, Callable[[Array], Array]] = {
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a**2,
}
"""The derivatives that are usually written in terms of the activation."""


def inject(site: Site) -> Gradients | None:
    rule = RULES.get(site.op.name)
    if rule is None or not site.hidden:
        return None
    return site.with_inputs(site.upstream * rule(site.inputs[0]))


FAULT = Fault(
    code="ACT03",
    slug="activation-rule-at-preactivation",
    title="a derivative written for the activation, a (1 - a), is fed the pre-activation z",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * Z1 * (1 - Z1)",
    right="dZ1 = dA1 * A1 * (1 - A1)",
    inject=inject,
    repairs=("replace-name", "wrap-call"),
)
