"""A bias's gradient is never computed and stays zero.

## Symptom
The gradient of a bias is zero in every entry while the weights' are right. The bias keeps its
initial value, usually zero, and the network trains almost as well; so it goes unnoticed.

## Cause
The gradient's array is allocated, and no line of the backward pass fills it:

    db = np.zeros_like(b)         # wrong, if this is all
    db = delta.sum(axis=0)        # right: every sample moves the bias

## Fix
Sum the delta of the layer over the samples, with the same 1/m as the weights have.

## Hidden when
The delta of every unit sums to zero over the batch.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP3; found by a numerical check in
https://blog.primen.dk/numerical-gradient-checking/.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.parameters
    biases = [name for name in _biases(site) if site.target in (None, name)]
    if not biases:
        return None
    return site.with_parameters({biases[0]: np.zeros_like(right[biases[0]])})


def _biases(site: Site) -> list[str]:
    inferred = site.op.infer([x.shape for x in site.inputs], site.options)
    return [name for name, spec in inferred.parameters.items() if spec.role == "bias"]


FAULT = Fault(
    code="BIA01",
    slug="bias-gradient-missing",
    title="the gradient of a bias is never computed and stays zero",
    family="bias",
    doc=__doc__,
    inject=inject,
)
