"""In a loop over the samples the gradient is assigned rather than added, and the last one stays.

## Rule
The loss adds up the samples, and so does its gradient.

    L = sum_n l_n / m
    dL/dW = sum_n dl_n/dW / m

## Symptom
The gradient of one weight, or of all parameters, is that of the last sample of the batch alone,
with the 1/m of the mean still in it.

## Cause
`dW = ...` inside the loop over the samples, where `dW += ...` is meant.

## Fix
Set the gradient to zero before the loop, and add to it inside.

## Hidden when
A batch of one sample.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), chapter 1, `update_mini_batch`, which adds
up.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

EVERY = "every gradient"


def choices(site: Site) -> list[str]:
    if site.batch == 1 or not site.op.samplewise:
        return []
    weights = [local for local, role in site.roles.items() if role == "weight"]
    return [EVERY] if site.op.kind == "loss" else weights


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    last = np.zeros_like(site.upstream)
    last[-1] = site.upstream[-1]
    right = site.op.backward(last, site.cache)
    if site.choice != EVERY:
        return site.with_parameters({site.choice: right.parameters[site.choice]})
    return site.with_inputs(*right.inputs)


FAULT = Fault(
    code="AVG14",
    slug="last-sample-only",
    title="only the last sample's gradient is kept: it is assigned, not added up",
    family="averaging",
    doc=__doc__,
    wrong="for x, y in batch: dW = np.outer(x, delta(x, y)) / m",
    right="for x, y in batch: dW += np.outer(x, delta(x, y)) / m",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate",),
)
