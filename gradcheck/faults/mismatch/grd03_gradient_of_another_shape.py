"""The claimed gradient has a shape that does not fit its parameter.

## Symptom
The claimed gradient's shape is not the parameter's, nor one that NumPy would stretch to it in
`param -= rate * grad`; the update fails, or quietly gives the parameter another shape.

## Cause
A product in the wrong order, a transpose too many or too few, or a sum left out:

    db = delta                    # wrong: (n, o) for a bias of shape (o)
    db = delta.sum(axis=0)        # right

    dW = delta.T @ x              # wrong: (o, i) for a weight of shape (i, o)
    dW = x.T @ delta              # right

## Fix
Write down the shapes of the factors: the axis of the samples must be summed over, and what
remains must be the parameter's axes, in its order.

## Hidden when
The sizes that were confused are equal, as in a square layer; then the values tell.

## Sources
Stanford CS231n, *Vector, Matrix, and Tensor Derivatives* (course notes by Learned-Miller); seen in
https://github.com/jimfleming/differentiation/issues/1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="GRD03",
    slug="gradient-of-another-shape",
    title="the claimed gradient's shape does not fit its parameter's",
    family="mismatch",
    doc=__doc__,
)
