"""The gradients are put into the columns of the table whose rows were looked up.

## Rule
The gradient goes to where the value was read.

    y_n = E[id_n]
    dL/dE[k] = sum of dL/dy_n over all n with id_n = k
    and not dL/dE[:, k]

## Symptom
The table's gradient is the transpose of the true one; all others are right. It runs only where
there are as many entries as units.

## Cause
dE[:, ids], or axis=1 in a function that gathers and scatters.

## Fix
Index the axis that the forward pass indexes.

## Hidden when
The gradient is symmetric.

## Sources
Harris et al., *Array programming with NumPy* (2020), on indexing. In other layers it is MAT02.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import as_long_as_wide
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "embedding" or not as_long_as_wide(site.parameters["weight"]):
        return None
    return site.with_parameters({"weight": site.gradients.parameters["weight"].T})


FAULT = Fault(
    code="EMB06",
    slug="columns-for-rows",
    title="gradients of a table's rows are put into its columns",
    family="embedding",
    doc=__doc__,
    wrong="np.add.at(dE, (slice(None), ids), dy.T)",
    right="np.add.at(dE, ids, dy)",
    inject=inject,
    repairs=("change-axis", "transpose"),
)
