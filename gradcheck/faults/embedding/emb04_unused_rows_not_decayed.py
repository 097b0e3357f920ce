"""The decay of a table is applied to the rows in the batch alone.

## Rule
The penalty holds all rows, whether they were looked up or not.

    L = data + lam / 2 * sum over all k of |E[k]|**2
    dL/dE[k] = d(data)/dE[k] + lam * E[k]

## Symptom
Rows that the batch does not use have a gradient of zero where the decay belongs; the others are
right.

## Cause
The update touches used rows only, for speed, and takes the decay along.

## Fix
Decay all rows; or, if only used ones are meant to decay, penalise only these in the loss.

## Hidden when
The strength is 0, or all ids occur.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1. A program that decays
lazily makes up for the missed steps when a row comes up again, which one gradient can't show.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.kind != "regularizer" or right is None:
        return None
    found = [s for s in site.around.sites.values() if s.op.name == "embedding"]
    readers = [s for s in found if (s.names["weight"],) == site.sources]
    if not readers:
        return None
    used = np.zeros((len(right), 1), dtype=bool)
    for reader in readers:
        used[reader.inputs[0].astype(np.intp)] = True
    return site.with_inputs(np.where(used, right, 0))


FAULT = Fault(
    code="EMB04",
    slug="unused-rows-not-decayed",
    title="the decay of a table misses the rows that the batch does not use",
    family="embedding",
    doc=__doc__,
    wrong="dE[ids] += lam * E[ids]",
    right="dE += lam * E",
    inject=inject,
    repairs=("change-index",),
)
