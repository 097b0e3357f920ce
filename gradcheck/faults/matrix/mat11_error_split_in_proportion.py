"""A unit's error is split among its inputs in proportion to the weights, which add up to 1.

## Rule
A weight says how much of the error goes back; nothing makes the parts add up.

    z_j = sum_i a_i w_ij
    dL/da_i = sum_j delta_j w_ij
            and not sum_j delta_j w_ij / sum_k w_kj

## Symptom
All layers below are wrong; the layer's own gradients are right. Large weights carry back too
little and small ones too much.

## Cause
An introduction explains backpropagation as sharing out the blame, and the picture is
programmed.

## Fix
Leave out the denominator, as the same introduction goes on to do.

## Hidden when
The weights into each unit add up to 1.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 5.56; the picture: Rashid,
*Make Your Own Neural Network* (2016), discussed in
https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/77.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import passes_on
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    return ["weights", "sizes"] if site.op.name == "dense" and passes_on(site) else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    weight = site.parameters["weight"]
    weight = np.abs(weight) if site.choice == "sizes" else weight
    return site.with_first(site.upstream @ (weight / weight.sum(axis=0)).T)


FAULT = Fault(
    code="MAT11",
    slug="error-split-in-proportion",
    title="the error is split among the inputs in proportion to the weights",
    family="matrix products",
    doc=__doc__,
    wrong="dA = dZ @ (W / W.sum(axis=0)).T",
    right="dA = dZ @ W.T",
    choices=choices,
    inject=inject,
    repairs=("drop-factor",),
)
