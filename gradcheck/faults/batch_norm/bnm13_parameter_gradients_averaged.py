"""The gradients of weight and bias are means over the batch.

## Rule
Weight and bias act on every element, and all of them count.

    dL/dw = sum(dL/dy * xhat)
    dL/db = sum(dL/dy)

## Symptom
Weight and bias of the norm are too small by the number of samples (or of samples and positions),
all else is right.

## Cause
mean(axis=0) for both, like the statistics above; the loss has its mean already.

## Fix
Sum over samples and positions.

## Hidden when
There is one element.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; of this kind is
https://github.com/intel/ipex-llm/pull/94.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    """Tell what the gradients are divided by the number of."""
    if site.op.name != "batch_norm" or not site.options["affine"]:
        return []
    return ["samples", "elements"] if site.inputs[0].ndim > 2 else ["samples"]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    x = site.inputs[0]
    count = len(x) if site.choice == "samples" else x.size // x.shape[1]
    return site.with_parameters({k: g / count for k, g in site.gradients.parameters.items()})


FAULT = Fault(
    code="BNM13",
    slug="parameter-gradients-averaged",
    title="batch norm's own gradients are averaged over the batch, not summed",
    family="batch norm",
    doc=__doc__,
    wrong="dgamma, dbeta = (dy * xhat).mean(axis=0), dy.mean(axis=0)",
    right="dgamma, dbeta = (dy * xhat).sum(axis=0), dy.sum(axis=0)",
    choices=choices,
    inject=inject,
    repairs=("mean-to-sum",),
)
