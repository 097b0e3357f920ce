"""Weight and bias are one matrix, and the bias's share is cut off the delta at the wrong end.

## Rule
The delta of the layer below has no entry for the input that is always 1.

    z = [1, a] @ [b; W]
    dL/d[1, a] = dL/dz @ [b; W].T
    dL/da = that without its first column

## Symptom
All layers under the one whose bias is folded in are wrong: their deltas are shifted by one
unit, and one of them comes from the bias. That layer's own gradients are right.

## Cause
[:, :-1] where the ones are the first column, or [:, 1:] where they are the last.

## Fix
Cut off the column in which the ones were put.

## Hidden when
No layer lies below.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 5.1, where the bias is
absorbed; seen, probably, in https://github.com/louisjc/mnist-neural-network/issues/1.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    fits = site.target is not None and site.op.name == "dense" and site.before is not None
    return ["bias first", "bias last"] if fits else []


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.target is None or site.choice is None or right is None:
        return None
    share = (site.upstream @ site.parameters[site.target])[..., None]
    first = site.choice == "bias first"
    parts = [share, right[..., :-1]] if first else [right[..., 1:], share]
    return site.with_first(np.concatenate(parts, axis=-1))


FAULT = Fault(
    code="BIA11",
    slug="bias-column-off-by-one",
    title="the wrong end is cut off a delta that went through weight and bias as one",
    family="bias",
    doc=__doc__,
    wrong="dA = (dZ @ np.vstack([b, W]).T)[:, :-1]",
    right="dA = (dZ @ np.vstack([b, W]).T)[:, 1:]",
    each=("bias",),
    choices=choices,
    inject=inject,
    repairs=("change-index",),
)
