"""The backward pass finds the largest elements by comparing with an output that has changed.

## Rule
The mask belongs to the numbers of the forward pass.

    y = max over k of x_k
    mask_k = (x_k == y), with the y that the pooling made

## Symptom
Layers below the pooling get nothing from windows whose maximum the activation behind it has
changed: the negative ones, for a leaky ReLU.

## Cause
The activation works in place, Y[Y < 0] *= 0.2, so that x == y is true nowhere in such a window
any more; or the input has been changed since.

## Fix
Store the index of the largest element in the forward pass; or let the activation make a new
array.

## Hidden when
The activation leaves every maximum as it is. Otherwise it is the gradient of a ReLU's rule in the
activation's place, ACT12 or ACT15; only the text can tell.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.3; seen in
https://github.com/BVLC/caffe/pull/162, with a ReLU, where it can't be seen.
"""

from dataclasses import replace

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults.pooling._pooling import Pool
from gradcheck.op import Gradients

CHANGING = ("leaky_relu", "elu", "celu")
"""Activations that leave some elements as they are and change others."""


def inject(site: Site) -> Gradients | None:
    if site.op.name != "max_pool2d" or len(site.after) != 1:
        return None
    (activation,) = site.after
    if activation.op.name not in CHANGING:
        return None
    unchanged = activation.output == site.output
    return Pool(replace(site, upstream=np.where(unchanged, site.upstream, 0))).gradients()


FAULT = Fault(
    code="POL08",
    slug="maxima-looked-up-in-a-changed-array",
    title="the largest elements are looked up in an output that an activation has changed in place",
    family="pooling",
    doc=__doc__,
    wrong="mask = X == Y          # Y: behind the leaky ReLU, in place",
    right="mask = X == Y_pooled",
    inject=inject,
    repairs=("replace-name",),
)
