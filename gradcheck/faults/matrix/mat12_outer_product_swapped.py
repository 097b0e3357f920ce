"""The two vectors of an outer product have changed places.

## Rule
Rows first, as in the weight.

    z_j = sum_i x_i w_ij
    dL/dW = outer(x, delta)
          = outer(delta, x).T

## Symptom
The gradient is the transpose of the true one: of another shape, GRD03, or, of a square weight,
the same gradient as MAT02, under which it is reported. Only the text can tell them apart.

## Cause
np.outer(delta, x) is right for weights stored as outputs by inputs.

## Fix
np.outer(x, delta), in the order of the weight's axes.

## Hidden when
The gradient is symmetric.

## Sources
Stanford CS231n, *Vector, Matrix, and Tensor Derivatives* (course notes by Learned-Miller).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MAT12",
    slug="outer-product-swapped",
    title="the vectors of an outer product are in the wrong order",
    family="matrix products",
    doc=__doc__,
    wrong="dW += np.outer(delta, x)",
    right="dW += np.outer(x, delta)",
)
