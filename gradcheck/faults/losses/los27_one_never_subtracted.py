"""The 1 of the true class is never subtracted from the probabilities.

## Rule
The true class has the logarithm's share beside the probability that all classes have.

    L = log(sum_j exp(z_j)) - z_c
    dL/dz_j = p_j - 1[j = c]

## Symptom
All gradients are wrong, from the last layer inwards. All logits are pushed down, whatever the
label: the gradient does not depend on it. In the gradient of the logits only the entries of the
true classes are off, one in each row, and by the same number.

## Cause
The probabilities are handed back as they are: delta[range(m), y] -= 1 is left out, or is made on a
copy.

## Fix
Subtract the one-hot labels.

## Hidden when
No sample counts.

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
    return weighted(site, np.where(padding(site)[..., None], 0, probability(site)))


FAULT = Fault(
    code="LOS27",
    slug="one-never-subtracted",
    title="the 1 of the true class is not subtracted from the probabilities",
    family="losses",
    doc=__doc__,
    wrong="delta = p",
    right="delta = p - y",
    inject=inject,
)
