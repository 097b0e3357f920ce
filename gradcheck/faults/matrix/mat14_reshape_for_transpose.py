"""A matrix is reshaped to the shape of its transpose, which puts the entries elsewhere.

## Rule
A transpose moves entries; a reshape keeps their order and moves the line breaks.

    A = [[1, 2, 3], [4, 5, 6]]
    A.T = [[1, 4], [2, 5], [3, 6]]
    A.reshape(3, 2) = [[1, 2], [3, 4], [5, 6]]

## Symptom
One weight is wrong, or all layers below. Shapes fit everywhere. A gradient that is itself
reshaped has the true one's entries in another order, with the same norm.

## Cause
A complaint about shapes was answered with reshape.

## Fix
Transpose, with .T or np.transpose.

## Hidden when
One of the two sides is 1.

## Sources
Harris et al., *Array programming with NumPy* (2020), on shapes and strides. An input that is
reshaped where it is as long as wide is not transposed at all.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import passes_on, rows, square
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    """Tell which matrices could be reshaped: the finished gradient, the weight, the input."""
    if site.op.name != "dense" or 1 in site.parameters["weight"].shape:
        return []
    reshaped = [] if square(site) else ["gradient", "weight"] if passes_on(site) else ["gradient"]
    return [*reshaped, "input"] if len(rows(site.inputs[0])) > 1 else reshaped


def inject(site: Site) -> Gradients | None:
    weight, x = site.parameters["weight"] if site.choice else None, site.inputs[0]
    if weight is None:
        return None
    if site.choice == "weight":
        return site.with_first(site.upstream @ weight.reshape(weight.shape[::-1]))
    if site.choice == "input":
        turned = rows(x).reshape(x.shape[-1], -1)
        return site.with_parameters({"weight": turned @ rows(site.upstream)})
    right = site.gradients.parameters["weight"]
    return site.with_parameters({"weight": right.T.reshape(right.shape)})


FAULT = Fault(
    code="MAT14",
    slug="reshape-for-transpose",
    title="a matrix is reshaped where it should be transposed",
    family="matrix products",
    doc=__doc__,
    wrong="dW = X.reshape(X.shape[::-1]) @ dZ",
    right="dW = X.T @ dZ",
    choices=choices,
    inject=inject,
    repairs=("transpose",),
)
