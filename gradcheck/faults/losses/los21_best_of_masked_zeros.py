"""The right class is masked by a zero, which wins where all the wrong scores are negative.

## Rule
The maximum runs over the wrong classes only.

    L = max(0, max over j != c of s_j - s_c + margin)
    max((1 - y) * s) is 0, not that maximum, where all wrong s_j < 0

## Symptom
All gradients are wrong, from the last layer inwards. Where all wrong scores are negative, none
of them gets a gradient, and the margin is measured from zero.

## Cause
np.max((1 - y) * s): the product sets the right class's score to 0 rather than out of the
running.

## Fix
np.max(np.where(y == 1, -np.inf, s)).

## Hidden when
Some wrong class has a positive score, in every sample.

## Sources
Crammer and Singer, *On the Algorithmic Implementation of Multiclass Kernel-based Vector
Machines* (2001), section 3; seen in https://github.com/keras-team/keras/issues/8083.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import labels, weighted
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "categorical_hinge":
        return None
    scores, y = site.inputs[0], labels(site)
    masked = (1 - y) * scores
    excess = masked.max(axis=-1) - (y * scores).sum(axis=-1) + site.options["margin"]
    best = np.arange(y.shape[-1]) == masked.argmax(axis=-1)[..., None]
    return weighted(site, (excess > 0)[..., None] * (best * (1 - y) - y))


FAULT = Fault(
    code="LOS21",
    slug="best-of-masked-zeros",
    title="the best wrong class is sought among masked scores, where the right one is a 0",
    family="losses",
    doc=__doc__,
    wrong="best = ((1 - y) * s).argmax(axis=1)",
    right="best = np.where(y == 1, -np.inf, s).argmax(axis=1)",
    inject=inject,
    repairs=("wrap-call",),
)
