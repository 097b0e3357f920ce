"""A row that is looked up several times gets the gradient of the last time only.

## Rule
Looking a row up twice is using it twice, and the uses add up.

    y_n = E[id_n]
    dL/dE[k] = sum of dL/dy_n over all n with id_n = k

## Symptom
The rows of repeated ids are wrong, those of ids that occur once are right.

## Cause
`dE[ids] += dy` reads all rows, adds, and writes all rows: of equal ids the last is kept.

## Fix
np.add.at(dE, ids, dy), or one_hot.T @ dy.

## Hidden when
All ids are different.

## Sources
Harris et al., *Array programming with NumPy* (2020), on indexing, and the documentation of
`ufunc.at`; seen in https://github.com/karpathy/nn-zero-to-hero/issues/57,
https://github.com/ZacBi/CS224n-2019-solutions/issues/5 and
https://github.com/numpy/numpy/issues/16790.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.embedding._table import last_of_each
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "embedding":
        return None
    return site.with_parameters({"weight": last_of_each(site)})


FAULT = Fault(
    code="EMB01",
    slug="repeated-ids-lost",
    title="a row that is looked up several times gets the last time's gradient only",
    family="embedding",
    doc=__doc__,
    wrong="dE[ids] += dy",
    right="np.add.at(dE, ids, dy)",
    inject=inject,
    repairs=("scatter-add", "wrap-call", "assign-to-accumulate"),
)
