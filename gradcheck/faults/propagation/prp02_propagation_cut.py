"""Nothing goes back further than a certain layer.

## Rule
The gradient runs on to the first layer that has something to learn.

    dL/dA1 = delta2 @ W2.T
    dL/dA0 = delta1 @ W1.T
    and so on, to the first weight

## Symptom
Several layers nearest the input have gradients of zero (or the regulariser's alone); those
behind are right. The layers keep their initial weights, as if they were frozen.

## Cause
A value is detached or rebuilt from plain numbers, a function forgets to return the gradient of
its input, or a loop stops early.

## Fix
Hand the gradient of the input on.

## Hidden when
No layer lies below.

## Sources
Griewank and Walther, *Evaluating Derivatives* (2008), section 3.2; seen in
https://github.com/huggingface/candle/pull/3724. Where a single layer gets nothing it is PRP03.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import layers_below
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not site.parameters or site.joint != (False,) or layers_below(site) < 2:
        return None
    return site.with_first(np.zeros_like(site.inputs[0]))


FAULT = Fault(
    code="PRP02",
    slug="propagation-cut",
    title="the gradient ends at a layer, and those nearer the input get none",
    family="propagation",
    doc=__doc__,
    wrong="dA = np.zeros_like(A)",
    right="dA = dZ @ W.T",
    inject=inject,
    repairs=("insert-statement", "replace-name"),
)
