"""The gradients of a row that is looked up several times are averaged.

## Rule
The loss adds up the places, and so does its gradient.

    y_n = E[id_n]
    dL/dE[k] = sum of dL/dy_n over all n with id_n = k

## Symptom
The rows of repeated ids are too small, by how often the id occurs; those of other ids are right.

## Cause
Frequent rows were to be kept from moving faster than rare ones.

## Fix
Add up; scale in the optimiser, as Adagrad does.

## Hidden when
All ids are different.

## Sources
Bengio, Ducharme, Vincent and Jauvin, *A Neural Probabilistic Language Model* (2003), section 2;
Duchi, Hazan and Singer, *Adaptive Subgradient Methods* (2011), for what is to be scaled.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults.embedding._table import looked_up
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "embedding":
        return None
    right = site.gradients.parameters["weight"]
    counts = np.bincount(looked_up(site)[0], minlength=len(right))
    return site.with_parameters({"weight": right / np.maximum(counts, 1)[:, None]})


FAULT = Fault(
    code="EMB03",
    slug="repeated-ids-averaged",
    title="the gradients of a row that is looked up several times are averaged",
    family="embedding",
    doc=__doc__,
    wrong="np.add.at(dE, ids, dy); dE /= counts",
    right="np.add.at(dE, ids, dy)",
    inject=inject,
    repairs=("drop-factor", "mean-to-sum"),
)
