"""A bias's gradient holds the delta of the first or the last sample alone.

## Rule
All samples use the bias, and all their deltas count.

    L = sum_n l_n / m
    dL/db = sum_n delta_n

## Symptom
The bias's gradient is one sample's delta; the weights' are right. It has the right shape and
about the right direction, so nothing complains.

## Cause
delta[0] or delta[-1], to get rid of the axis of the samples; or `db = ...` in a loop over them.

## Fix
db = delta.sum(axis=0), or `+=` in the loop.

## Hidden when
A batch of one sample.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP3, summed over the batch in
`update_mini_batch`.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

PLACES = {"first": 0, "last": -1}


def choices(site: Site) -> list[str]:
    return list(PLACES) if site.target and site.op.samplewise and site.batch > 1 else []


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.choice is None:
        return None
    alone, place = np.zeros_like(site.upstream), PLACES[site.choice]
    alone[place] = site.upstream[place]
    found = site.op.backward(alone, site.cache).parameters
    return site.with_parameters({site.target: found[site.target]})


FAULT = Fault(
    code="BIA06",
    slug="bias-of-one-sample",
    title="a bias's gradient is the delta of a single sample",
    family="bias",
    doc=__doc__,
    wrong="db = delta[0]",
    right="db = delta.sum(axis=0)",
    each=("bias",),
    choices=choices,
    inject=inject,
    repairs=("change-index", "assign-to-accumulate"),
)
