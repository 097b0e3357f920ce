"""The derivative belongs to another activation than the forward pass applies.

## Rule
Forward and backward pass must speak of the same function.

    A = tanh(Z)
    dL/dZ = dL/dA * (1 - A**2), and not dL/dA * A * (1 - A)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. Unit by unit and sample by sample they are off by the ratio of the two
derivatives.

## Cause
The activation was changed in the forward pass only, or the next layer's is taken.

## Fix
Keep each activation next to its own derivative.

## Hidden when
Both functions have the same derivative at every z that occurs.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; seen in
https://github.com/jeffheaton/encog-java-core/issues/243 and
https://github.com/unda-ml/unda/issues/1.
"""

from collections.abc import Callable, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def _sigmoid(site: Site) -> Array:
    a = 1 / (1 + np.exp(-site.inputs[0]))
    return np.asarray(a * (1 - a))


RULES: Mapping[str, Callable[[Site], Array]] = {
    "sigmoid": _sigmoid,
    "tanh": lambda site: 1 - np.tanh(site.inputs[0]) ** 2,
    "relu": lambda site: np.where(site.inputs[0] > 0, 1.0, 0.0),
    "a (1 - a)": lambda site: site.output * (1 - site.output),
    "1 - a**2": lambda site: 1 - site.output**2,
}
"""Derivatives at z, and the two that are written for the activation and not for z."""

SAME = {
    "sigmoid": ("sigmoid", "a (1 - a)"),
    "tanh": ("tanh", "1 - a**2"),
    "relu": ("relu",),
    "leaky_relu": ("relu",),
    "softplus": ("sigmoid",),
}
"""Which are no mistake for an activation, or one with a name of its own."""


def choices(site: Site) -> list[str]:
    if site.op.kind != "activation" or site.op.slope is None:
        return []
    others = {
        other.op.name: None
        for other in site.around.sites.values()
        if other.op.kind == "activation" and other.op.slope and other.op.name != "identity"
    }
    same = {site.op.name, *SAME.get(site.op.name, ())}
    return [name for name in {**dict.fromkeys(RULES), **others} if name not in same]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    if site.choice in RULES:
        return site.with_first(site.upstream * RULES[site.choice](site))
    other = next(s for s in site.around.sites.values() if s.op.name == site.choice)
    assert other.op.slope is not None
    return site.with_first(site.upstream * other.slope_at(site.inputs[0]))


FAULT = Fault(
    code="ACT12",
    slug="derivative-of-another-activation",
    title="the derivative is another activation's",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * A1 * (1 - A1)          # A1 = tanh(Z1)",
    right="dZ1 = dA1 * (1 - A1**2)",
    choices=choices,
    inject=inject,
    repairs=("other-derivative", "replace-name"),
)
