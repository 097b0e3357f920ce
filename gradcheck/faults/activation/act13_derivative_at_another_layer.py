"""The activation's derivative is evaluated at the pre-activation of another layer.

## Rule
A derivative is taken at the argument that its own function was given.

    A1 = s(Z1)
    dL/dZ1 = dL/dA1 * s'(Z1), and not dL/dA1 * s'(Z2)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. Only layers of the same width can be confused without an error.

## Cause
An index off by one in a loop over the layers, or a copied line.

## Fix
Take the derivative at the layer's own z.

## Hidden when
Both layers have the same pre-activations.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2; seen, in a formula, in
https://github.com/dennybritz/nn-from-scratch/pull/3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    if site.op.kind != "activation" or site.op.slope is None or site.op.name == "identity":
        return []
    others = (s for s in site.around.sites.values() if s.op.kind == "activation")
    shape, own = site.output.shape, site.sources
    return [s.node for s in others if s.inputs[0].shape == shape and s.sources != own]


def inject(site: Site) -> Gradients | None:
    if site.choice is None or site.op.slope is None:
        return None
    z = site.around.sites[site.choice].inputs[0]
    return site.with_first(site.upstream * site.op.slope(z, **site.options))


FAULT = Fault(
    code="ACT13",
    slug="derivative-at-another-layer",
    title="the derivative is taken at another layer's pre-activation",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * sigmoid_prime(Z2)",
    right="dZ1 = dA1 * sigmoid_prime(Z1)",
    choices=choices,
    inject=inject,
    repairs=("change-index", "replace-name"),
)
