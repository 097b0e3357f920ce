"""The one-hot labels of the gradient are shifted by one class.

## Rule
Loss and gradient have to mean the same class.

    L = -log(p_c)
    dL/dz_j = p_j - 1[j = c], and not p_j - 1[j = c + 1]

## Symptom
All gradients are wrong, from the last layer inwards. Two columns of the last layer's bias
gradient are off for each sample: its class lacks the 1, the next one has it.

## Cause
Classes counted from 1 in the data and from 0 in the code, in one of the two passes.

## Fix
Use one numbering; make the one-hot rows once and hand them to both.

## Hidden when
There is one class.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import labels, relabelled
from gradcheck.op import Gradients

LOSSES = (
    "cross_entropy",
    "negative_log_likelihood",
    "kl_divergence",
    "multiclass_hinge",
    "categorical_hinge",
)
STEPS = {"one up": 1, "one down": -1}


def choices(site: Site) -> list[str]:
    """Return both directions, or one of them where there are two classes."""
    count = site.inputs[0].shape[-1] if site.op.name in LOSSES else 1
    return list(STEPS)[: count - 1]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    return relabelled(site, np.roll(labels(site), STEPS[site.choice], axis=-1))


FAULT = Fault(
    code="LOS11",
    slug="labels-off-by-one",
    title="the gradient is that of the class next to the true one",
    family="losses",
    doc=__doc__,
    wrong="delta[range(m), y - 1] -= 1",
    right="delta[range(m), y] -= 1",
    choices=choices,
    inject=inject,
    repairs=("change-index",),
)
