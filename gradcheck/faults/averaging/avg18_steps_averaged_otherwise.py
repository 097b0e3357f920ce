"""A sequence's loss is averaged over the time steps and its gradient is not, or the reverse.

## Rule
A mean over m samples and t steps divides by m t.

    L = sum_n sum_t l_nt / (m t)
    dL/dz_nt = dl_nt/dz_nt / (m t)

## Symptom
Every gradient is too large, or too small, by the number of time steps. Sequences of another
length need another learning rate.

## Cause
The loss that is printed is per step; the deltas are those of the sum, or the other way round.

## Fix
Divide both by the number of steps, or neither.

## Hidden when
The sequence has one step.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2, equation 10.12, where a
sequence's loss is the sum over its steps.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right, terms = site.gradients.inputs[0], site.output
    if site.op.kind != "loss" or right is None or right.ndim < 3 or terms.ndim < 2:
        return None
    if terms.shape[1] == 1 or site.averaged not in (site.batch, terms.size):
        return None
    steps = terms.shape[1]
    return site.with_first(right * steps if site.averaged == terms.size else right / steps)


FAULT = Fault(
    code="AVG18",
    slug="steps-averaged-otherwise",
    title="loss and gradient differ in whether they average over the time steps",
    family="averaging",
    doc=__doc__,
    wrong="delta = (p - y) / m             # L = l.sum() / (m * t)",
    right="delta = (p - y) / (m * t)",
    inject=inject,
    repairs=("divide", "multiply"),
)
