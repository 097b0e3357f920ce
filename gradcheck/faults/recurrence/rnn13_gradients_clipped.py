"""Entries beyond a bound are cut to it before the gradients are returned.

## Rule
A clipped gradient is a step, and no derivative.

    g = dL/dW
    clip(g, -c, c) is what an optimiser may use instead of it

## Symptom
The largest entries are all equal to the bound, 5 or 1 say; the others are right.

## Cause
Recurrent networks are trained with clipping, and it sits in the backward pass: for g in
gradients: np.clip(g, -5, 5, out=g).

## Fix
Clip in the update. The check needs what comes before it.

## Hidden when
No entry reaches the bound, as in most checks. CCH06 is the same in networks of any kind; with the
same bound only the text can tell.

## Sources
Pascanu, Mikolov and Bengio, *On the Difficulty of Training Recurrent Neural Networks* (2013),
section 3.2.
"""

from collections.abc import Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Whole
from gradcheck.faults._through_time import KINDS

BOUNDS = ("5", "1", "0.1")


def choices(whole: Whole) -> list[str]:
    recurrent = any(site.op.name in KINDS for site in whole.sites.values())
    return list(BOUNDS) if recurrent else []


def alter(whole: Whole) -> Mapping[str, Array] | None:
    if whole.choice is None:
        return None
    bound = float(whole.choice)
    return {k: np.clip(g, -bound, bound) for k, g in whole.gradients.items()}


FAULT = Fault(
    code="RNN13",
    slug="gradients-clipped",
    title="the gradients are clipped inside the function that is checked",
    family="recurrence",
    doc=__doc__,
    wrong="return {k: np.clip(g, -5, 5) for k, g in gradients.items()}",
    right="return gradients",
    choices=choices,
    alter=alter,
    repairs=("drop-call",),
)
