"""A gate's bias gradient is a copy of another's.

## Rule
Each gate's bias has been added to that gate alone.

    z_f = ... + b_f
    dL/db_f = sum of dL/dz_f over samples and steps

## Symptom
One stretch of a bias's gradient equals another; all else is right.

## Cause
The line is copied for each gate, and one name stays as it was.

## Fix
Put the gate's own gradient in.

## Hidden when
Never.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1; seen in
https://github.com/hanbt/learn_dl/issues/53.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

GATES = {"lstm": "ifgo", "gru": "rzg"}


def choices(site: Site) -> list[str]:
    if site.target not in ("bias", "bias_hidden") or site.op.name not in GATES:
        return []
    names = GATES[site.op.name]
    return [f"{gate} = {other}" for gate in names for other in names if gate != other]


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.choice is None:
        return None
    names = GATES[site.op.name]
    parts = np.split(site.gradients.parameters[site.target], len(names))
    gate, other = site.choice.split(" = ")
    parts[names.index(gate)] = parts[names.index(other)]
    return site.with_parameters({site.target: np.concatenate(parts)})


FAULT = Fault(
    code="LST12",
    slug="bias-of-another-gate",
    title="a gate's bias gets the gradient of another gate",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="db_f = dz_i.sum(axis=0)",
    right="db_f = dz_f.sum(axis=0)",
    each=("bias",),
    choices=choices,
    inject=inject,
    repairs=("replace-name",),
)
