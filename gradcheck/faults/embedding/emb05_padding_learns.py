"""The padding's row gets a gradient, though it reads as zero whatever is in it.

## Rule
What the forward pass does not read has no gradient.

    y_n = E[id_n], or 0 if id_n is the padding
    dL/dE[padding] = 0

## Symptom
One row of the table's gradient should be zero (but for a decay) and is not; all others are right.

## Cause
The backward pass treats the padding's id as any other.

## Fix
Set that row to zero after adding up; or mask the delta.

## Hidden when
No id is padding.

## Sources
PyTorch documentation, `torch.nn.Embedding`, on `padding_idx`; a forward pass without the mask is
seen in https://github.com/voidism/DiffCSE/issues/25.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "embedding" or site.options["padding_id"] is None:
        return None
    padding = site.options["padding_id"]
    table = site.gradients.parameters["weight"].copy()
    table[padding] = site.upstream[site.inputs[0] == padding].sum(axis=0)
    return site.with_parameters({"weight": table})


FAULT = Fault(
    code="EMB05",
    slug="padding-learns",
    title="the row of the padding gets a gradient",
    family="embedding",
    doc=__doc__,
    wrong="np.add.at(dE, ids, dy)",
    right="np.add.at(dE, ids, dy); dE[padding] = 0",
    inject=inject,
    repairs=("insert-statement",),
)
