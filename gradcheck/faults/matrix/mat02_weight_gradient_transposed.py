"""A weight's gradient is transposed: the factors of the product have changed places.

## Rule
The gradient is laid out as the weight is.

    z_nj = sum_i x_ni w_ij
    dL/dw_ij = sum_n x_ni delta_nj
    dL/dW = X.T @ delta

## Symptom
The gradient of one square weight is the transpose of the true one; it has the same norm.
All else is right. Where the weight is not square, the gradient has another shape: GRD03.

## Cause
`delta.T @ X`, which is right for weights stored as outputs by inputs.

## Fix
Exchange the factors, or transpose the product.

## Hidden when
The gradient is symmetric.

## Sources
Stanford CS231n, *Vector, Matrix, and Tensor Derivatives* (course notes by Learned-Miller); seen
in https://github.com/iamtrask/Grokking-Deep-Learning/pull/22.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import both_ways
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    # A table's rows and a weight that is used both ways have faults of their own.
    if site.target is None or site.op.name == "embedding" or both_ways(site, site.target):
        return None
    weight = site.parameters[site.target]
    if weight.ndim != 2 or weight.shape[0] != weight.shape[1] or weight.size == 1:
        return None
    return site.with_parameters({site.target: site.gradients.parameters[site.target].T})


FAULT = Fault(
    code="MAT02",
    slug="weight-gradient-transposed",
    title="the gradient of a square weight is transposed",
    family="matrix products",
    doc=__doc__,
    wrong="dW = delta.T @ X",
    right="dW = X.T @ delta",
    each=("weight",),
    inject=inject,
    repairs=("transpose", "swap-operands"),
)
