"""The gradients of weight and bias are those of the last row, or of the last sample, alone.

## Rule
A feature's weight and bias serve all rows.

    dL/dw = sum over all rows of dL/dy * xhat
    dL/db = sum over all rows of dL/dy

## Symptom
Weight and bias of the norm are wrong and too small, all else is right. With one row all is right.

## Cause
dweight[i] = ... in the loop over samples and steps.

## Fix
dweight[i] += ..., beginning with zeros.

## Hidden when
There is one row. A root mean square's weight of the last sample alone is AVG14 too.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3; seen in
https://github.com/karpathy/llm.c/pull/408.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import OF_SAMPLES, Norm
from gradcheck.op import Gradients

BY_CHANNEL = ("group_norm", "instance_norm")


def choices(site: Site) -> list[str]:
    """Tell what is left of the loop."""
    if site.op.name not in OF_SAMPLES or not site.options["affine"]:
        return []
    if site.op.name in BY_CHANNEL:
        return ["the last sample"]
    rows = site.upstream.ndim > site.parameters["weight"].ndim + 1
    return ["the last row", "the last sample"] if rows else ["the last row"]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    dy, xhat = site.upstream, Norm(site).xhat.reshape(site.upstream.shape)
    if site.op.name in BY_CHANNEL:
        dy, xhat = np.moveaxis(dy, 1, -1), np.moveaxis(xhat, 1, -1)
    found = {}
    for name, parameter in site.parameters.items():
        rows = (dy * xhat if name == "weight" else dy)[-1].reshape(-1, *parameter.shape)
        found[name] = rows[-1] if site.choice == "the last row" else rows.sum(axis=0)
    return site.with_parameters(found)


FAULT = Fault(
    code="LNM07",
    slug="parameter-gradients-overwritten",
    title="a norm's own gradients are overwritten row by row instead of added up",
    family="layer norm",
    doc=__doc__,
    wrong="dweight = dout[b, t] * norm",
    right="dweight += dout[b, t] * norm",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate",),
)
