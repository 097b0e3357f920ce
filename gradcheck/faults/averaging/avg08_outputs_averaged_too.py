"""The loss is a mean over samples, but its gradient is divided by the number of outputs too.

## Rule
Classes or outputs are summed over within a sample; only the samples are averaged.

    L = -sum(y log(p)) / m
    dL/dz = (p - y) / m, and not / (m k)

## Symptom
Every gradient is too small by the number of classes or outputs k; all else is right.

## Cause
np.mean, or `/ yhat.size`, is taken over the whole array of deltas.

## Fix
Divide by the number of samples alone.

## Hidden when
There is one output.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 5.5: a log-likelihood is a sum
within, a mean over, the samples.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.kind != "loss" or right is None or site.averaged != site.batch:
        return None
    if right.ndim < 2 or right.shape[-1] == 1:
        return None
    return site.with_first(right / right.shape[-1])


FAULT = Fault(
    code="AVG08",
    slug="outputs-averaged-too",
    title="the gradient is averaged over the outputs as well, the loss is not",
    family="averaging",
    doc=__doc__,
    wrong="delta = (p - y) / p.size",
    right="delta = (p - y) / len(p)",
    inject=inject,
    repairs=("multiply", "replace-name"),
)
