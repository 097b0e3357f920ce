"""The mean of a masked loss counts the padding, that of its gradient does not, or the reverse.

## Rule
Whatever the loss divides by, its gradient divides by, padding or not.

    L = sum(mask * l) / n
    dL/dz = mask * dl/dz / n

## Symptom
Every gradient is off by one factor, all places over those that are no padding. It changes from
batch to batch, so that no learning rate makes up for it.

## Cause
The mask was added to the loss or to the gradient, and the count in the other was left as it
was.

## Fix
Use one count in both, n = mask.sum() or n = mask.size.

## Hidden when
The batch has no padding.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3, for the mean of what
was drawn; seen in https://github.com/tracel-ai/burn/issues/5568 and
https://github.com/radixark/miles/pull/2796.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import padding
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    masked = site.op.kind == "loss" and site.options.get("ignore") is not None
    if not masked or right is None or site.averaged != site.output.size:
        return None
    active = max((~padding(site)).sum(), 1)
    return site.with_first(right * site.averaged / active)


FAULT = Fault(
    code="AVG17",
    slug="padding-counted-otherwise",
    title="loss and gradient differ in whether padding counts in the mean",
    family="averaging",
    doc=__doc__,
    wrong="delta = mask * (p - y) / mask.sum()       # L = np.mean(mask * l)",
    right="delta = mask * (p - y) / mask.size",
    inject=inject,
    repairs=("replace-name", "multiply"),
)
