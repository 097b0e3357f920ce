"""The gradients are clipped in place, and what is looked at is what the optimiser uses.

## Rule
Clipping belongs to the step; the gradient stays what it is.

    norm = sqrt(sum of g**2 over all parameters)
    step = g / norm where the norm is above 1
    but the gradient is g

## Symptom
All gradients are too small by one factor that changes from point to point, such that their norm
is 1; or each gradient has the norm 1; or no entry is larger than 1. Small gradients are right.

## Cause
The optimiser is given references, and scales with `*=` or `out=` what the caller still holds.

## Fix
Check the gradients before the optimiser has seen them, or give it copies.

## Hidden when
All gradients are below the limit; a limit other than 1 is not looked for.

## Sources
Pascanu, Mikolov and Bengio, *On the Difficulty of Training Recurrent Neural Networks* (2013),
algorithm 1. Clipped by entry, a recurrent network is RNN13.
"""

from collections.abc import Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Whole
from gradcheck.faults._through_time import KINDS

LIMIT = 1.0
BY_ENTRY = "by entry"


def _together(gradients: Mapping[str, Array]) -> dict[str, Array]:
    norm = float(np.sqrt(sum(np.sum(g**2) for g in gradients.values())))
    return {name: g * (LIMIT / max(norm, LIMIT)) for name, g in gradients.items()}


def _singly(gradients: Mapping[str, Array]) -> dict[str, Array]:
    norms = {name: float(np.linalg.norm(g)) for name, g in gradients.items()}
    return {name: g * (LIMIT / max(norms[name], LIMIT)) for name, g in gradients.items()}


def _entries(gradients: Mapping[str, Array]) -> dict[str, Array]:
    return {name: np.clip(g, -LIMIT, LIMIT) for name, g in gradients.items()}


WAYS = {"together": _together, "one by one": _singly, BY_ENTRY: _entries}


def choices(whole: Whole) -> list[str]:
    recurrent = any(site.op.name in KINDS for site in whole.sites.values())
    return [way for way in WAYS if way != BY_ENTRY or not recurrent]


def alter(whole: Whole) -> Mapping[str, Array] | None:
    if whole.choice is None:
        return None
    found = WAYS[whole.choice](whole.gradients)
    changed = {k: g for k, g in found.items() if not np.array_equal(g, whole.gradients[k])}
    return changed or None


FAULT = Fault(
    code="CCH06",
    slug="gradients-clipped-in-place",
    title="the gradients have been clipped in place by the time they are looked at",
    family="caching",
    doc=__doc__,
    wrong="g *= min(1, 1 / norm)       # and g is still what the caller holds",
    right="step = g * min(1, 1 / norm)",
    choices=choices,
    alter=alter,
    repairs=("drop-call",),
)
