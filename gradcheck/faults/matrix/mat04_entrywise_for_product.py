"""Entries are multiplied one by one where a matrix product belongs.

## Rule
The sum over the units, or over the samples, is what the matrix product is for.

    dL/da_ni = sum_j delta_nj w_ij
    dL/dA = delta @ W.T
    dL/dW = X.T @ delta

## Symptom
One weight is wrong, or all layers below; without an error only where samples, inputs and units
are of one number. Elsewhere the shape gives it away, GRD03.

## Cause
* for @, as is right in languages in which * is the matrix product.

## Fix
Use @, or np.dot, for sums over an axis that both factors have.

## Hidden when
One sample, one input and one unit.

## Sources
Stanford CS231n, *Vector, Matrix, and Tensor Derivatives* (course notes by Learned-Miller); seen
in https://community.deeplearning.ai/t/week-3-exercise-6-cost-function/723602/2.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import as_long_as_wide, passes_on, square
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    if not square(site) or not as_long_as_wide(site.inputs[0]):
        return []
    return ["weight", "delta"] if passes_on(site) else ["weight"]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    if site.choice == "weight":
        return site.with_parameters({"weight": site.inputs[0].T * site.upstream})
    return site.with_first(site.upstream * site.parameters["weight"].T)


FAULT = Fault(
    code="MAT04",
    slug="entrywise-for-product",
    title="entries are multiplied one by one where a matrix product belongs",
    family="matrix products",
    doc=__doc__,
    wrong="dA = dZ * W.T",
    right="dA = dZ @ W.T",
    choices=choices,
    inject=inject,
    repairs=("product-to-dot",),
)
