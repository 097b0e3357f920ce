"""The loop over the layers misses the first or the last one.

## Rule
Every layer has gradients.

    for l in L, L-1, ..., 1:
        dL/dW_l = A_(l-1).T @ delta_l
        delta_(l-1) = delta_l @ W_l.T * s'(Z_(l-1))

## Symptom
Weight and bias of the first or of the last layer have gradients of zero (or the regulariser's
alone); all other layers are right.

## Cause
range(L - 1) or range(1, L) where the whole range is meant.

## Fix
Correct the range, and let the gradients be missing rather than zero until they are computed.

## Hidden when
That layer is not trained.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), chapter 2, `backprop`; found by a numerical
check in https://blog.primen.dk/numerical-gradient-checking/.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import layers_below
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    first, last = layers_below(site) == 0, not site.hidden
    if not site.parameters or site.shared or first == last:
        return None
    return site.with_parameters({k: np.zeros_like(v) for k, v in site.parameters.items()})


FAULT = Fault(
    code="PRP03",
    slug="layer-skipped",
    title="the first or the last layer gets no gradient",
    family="propagation",
    doc=__doc__,
    wrong="for l in reversed(range(1, L)): dW[l] = ...",
    right="for l in reversed(range(L)): dW[l] = ...",
    inject=inject,
    repairs=("change-index", "insert-statement"),
)
