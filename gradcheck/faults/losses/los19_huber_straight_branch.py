"""Beyond the threshold, Huber's derivative lacks its sign, lacks the threshold, or is r.

## Rule
Beyond the threshold the loss is a straight line of that slope.

    L = r**2 / 2 for |r| <= d, else d (|r| - d / 2)
    dL/dr = r for |r| <= d, else d sign(r)

## Symptom
All gradients are wrong, from the last layer inwards. Samples within the threshold are right;
outliers pull the wrong way, too hard or too weakly.

## Cause
d for d sign(r), sign(r) for d sign(r), or r for both branches.

## Fix
np.clip(r, -d, d), which is all of it.

## Hidden when
No residual is beyond the threshold; a missing threshold, where it is 1.

## Sources
Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2nd ed., 2009), section
10.6; seen, not as clearly, in
https://github.com/RoboticsClubIITJ/ML-DL-implementation/pull/168.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import weighted
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    if site.op.name != "huber":
        return []
    return ["without sign", "never straight"] + ["without delta"] * (site.options["delta"] != 1)


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    r, delta = site.inputs[0] - site.inputs[1], site.options["delta"]
    beyond = {"without sign": delta, "without delta": np.sign(r), "never straight": r}
    return weighted(site, np.where(np.abs(r) <= delta, r, beyond[site.choice]))


FAULT = Fault(
    code="LOS19",
    slug="huber-straight-branch",
    title="the straight branch of Huber's loss lacks its sign or threshold, or is missing",
    family="losses",
    doc=__doc__,
    wrong="delta = np.where(abs(r) <= d, r, d)",
    right="delta = np.where(abs(r) <= d, r, d * np.sign(r))",
    choices=choices,
    inject=inject,
    repairs=("multiply", "wrap-call"),
)
