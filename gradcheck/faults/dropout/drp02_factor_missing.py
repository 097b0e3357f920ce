"""The mask is applied on the way back, and its factor is not.

## Rule
What was divided by the keep probability is divided by it on the way back.

    y = x * mask / keep
    dL/dx = dL/dy * mask / keep

## Symptom
The gradients of all layers before the dropout are too small, by the keep probability; those
behind it are right.

## Cause
The scaling was added to the forward pass later.

## Fix
Divide, or keep mask / keep as one array for both passes.

## Hidden when
The keep probability is 1.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014),
section 10; seen in https://github.com/ddbourgin/numpy-ml/issues/94.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.dropout._dropout import dropped, mask
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    return site.with_first(site.upstream * mask(site)) if dropped(site) else None


FAULT = Fault(
    code="DRP02",
    slug="factor-missing",
    title="the gradient through dropout is not divided by the keep probability",
    family="dropout",
    doc=__doc__,
    wrong="dx = dy * mask",
    right="dx = dy * mask / keep",
    inject=inject,
    repairs=("divide",),
)
