"""One is subtracted from the probabilities of all classes, not of the true one alone.

## Rule
Only the true class has the logarithm's share.

    L = log(sum_j exp(z_j)) - z_c
    dL/dz_j = p_j - 1[j = c]

## Symptom
All gradients are wrong, from the last layer inwards. All logits are pushed up, whatever the
label: the gradient does not depend on it.

## Cause
delta -= 1 where delta[range(m), y] -= 1 is meant.

## Fix
Subtract the one-hot labels.

## Hidden when
There is one class.

## Sources
Stanford CS231n, *Putting it together: Minimal Neural Network Case Study* (course notes).
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import padding, probability, takes, weighted
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not takes(site, "cross_entropy", "logits"):
        return None
    return weighted(site, np.where(padding(site)[..., None], 0, probability(site) - 1))


FAULT = Fault(
    code="LOS08",
    slug="one-from-every-class",
    title="the 1 of the true class is subtracted from all classes",
    family="losses",
    doc=__doc__,
    wrong="delta = p - 1",
    right="delta = p - y",
    inject=inject,
    repairs=("replace-name", "change-index"),
)
