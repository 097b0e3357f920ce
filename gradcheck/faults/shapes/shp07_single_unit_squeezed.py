"""The axis of a layer with one unit is squeezed away, and products turn into others.

## Rule
One unit's delta is a column, its weight too, and what goes back is their outer product.

    dL/da_ni = delta_n w_i
    dL/dA = delta (m, 1) @ W.T (1, h)
    np.dot of (m,) and (h,) is one number, * one row

## Symptom
All layers below are wrong, with the same delta for every sample. It runs only where the layer
below has as many units as the batch has samples.

## Cause
squeeze() or ravel() of a column, for the sake of a plot or of a loss.

## Fix
Keep the axis, even if its length is 1.

## Hidden when
The layer has more than one unit.

## Sources
Harris et al., *Array programming with NumPy* (2020), on broadcasting; seen in
https://github.com/maddin79/darch/pull/2.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import as_long_as_wide, passes_on
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    fits = site.op.name == "dense" and passes_on(site) and site.output.shape[-1] == 1
    return ["dot", "entrywise"] if fits and as_long_as_wide(site.inputs[0]) else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    delta, weight = site.upstream[:, 0], site.parameters["weight"][:, 0]
    row = delta @ weight if site.choice == "dot" else delta * weight
    return site.with_first(np.zeros(site.inputs[0].shape) + row)


FAULT = Fault(
    code="SHP07",
    slug="single-unit-squeezed",
    title="the axis of a layer with one unit is squeezed away, and the product is another",
    family="shapes",
    doc=__doc__,
    wrong="dA = np.dot(dZ.squeeze(), W.squeeze())",
    right="dA = np.dot(dZ, W.T)",
    choices=choices,
    inject=inject,
    repairs=("drop-call", "product-to-dot"),
)
