"""A weight's gradient holds the layer's own output where its input belongs.

## Rule
A weight multiplies what comes in; what goes out is in the delta.

    Z2 = A1 @ W2, A2 = s(Z2)
    dL/dW2 = A1.T @ delta2

## Symptom
The gradient of one weight is wrong; its bias and all other layers are right. It runs only
where the layer has as many units as inputs.

## Cause
An index off by one: `activations[l]`, which the list may hold for the input or for the output.

## Fix
Use the input of the layer.

## Hidden when
Input and output are equal.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP4.
"""

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import LINEAR, activated, weight_from
from gradcheck.op import Gradients


def _outputs(site: Site) -> dict[str, Array]:
    above = activated(site)
    found = {"activation": above.output} if above and above.op.name != "identity" else {}
    return {**found, "pre-activation": site.output}


def choices(site: Site) -> list[str]:
    fits = site.op.name in LINEAR and site.output.shape == site.inputs[0].shape
    return list(_outputs(site)) if fits else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    return site.with_parameters({"weight": weight_from(site, _outputs(site)[site.choice])})


FAULT = Fault(
    code="MAT06",
    slug="own-output-for-input",
    title="a weight's gradient holds the layer's own output in place of its input",
    family="matrix products",
    doc=__doc__,
    wrong="dW2 = A2.T @ dZ2",
    right="dW2 = A1.T @ dZ2",
    choices=choices,
    inject=inject,
    repairs=("change-index", "replace-name"),
)
