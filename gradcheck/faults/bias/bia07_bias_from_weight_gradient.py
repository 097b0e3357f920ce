"""A bias's gradient sums the rows of the weight's, in which each delta has an input as factor.

## Rule
The bias is the weight of an input that is always 1.

    dL/dw_ij = sum_n x_ni delta_nj
    dL/db_j = sum_n 1 delta_nj

## Symptom
The bias's gradient is the sum of the rows of the weight's gradient; the weight's is right.

## Cause
db = dW.sum(axis=0) where db = delta.sum(axis=0) is meant.

## Fix
Sum the delta, not the weight's gradient.

## Hidden when
The layer's inputs add up to 1 for every sample, as after a softmax.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equations BP3 and BP4; seen in
https://github.com/rust0258/Deeplearning.ai-Natural-Language-Processing-Specialization/issues/64.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.op.name not in ("dense", "conv1d", "conv2d"):
        return None
    weight = site.gradients.parameters["weight"]
    units = 1 if site.op.name == "dense" else 0
    others = tuple(axis for axis in range(weight.ndim) if axis != units)
    return site.with_parameters({site.target: weight.sum(axis=others)})


FAULT = Fault(
    code="BIA07",
    slug="bias-from-weight-gradient",
    title="a bias's gradient is summed from the weight's, and so holds the input",
    family="bias",
    doc=__doc__,
    wrong="db = dW.sum(axis=0)",
    right="db = delta.sum(axis=0)",
    each=("bias",),
    inject=inject,
    repairs=("replace-name",),
)
