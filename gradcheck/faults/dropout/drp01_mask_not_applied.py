"""Units that were dropped get a gradient as if they had been there.

## Rule
What was multiplied by the mask is multiplied by it on the way back.

    y = x * mask / keep
    dL/dx = dL/dy * mask / keep

## Symptom
All layers before the dropout are wrong; those behind it are right. Weights into dropped units
have gradients that are not zero.

## Cause
The backward pass was written for the network without dropout, or the mask was not kept.

## Fix
Keep the mask, and multiply by it.

## Hidden when
Nothing is dropped.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014),
section 5.1; seen in https://github.com/ddbourgin/numpy-ml/issues/94 and
https://github.com/rohitg00/ai-engineering-from-scratch/pull/17.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.dropout._dropout import dropped, keep
from gradcheck.op import Gradients

NEITHER, SCALED = "neither mask nor factor", "factor only"


def choices(site: Site) -> list[str]:
    return [NEITHER, SCALED] if dropped(site) else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    factor = 1 if site.choice == NEITHER else keep(site)
    return site.with_first(site.upstream / factor)


FAULT = Fault(
    code="DRP01",
    slug="mask-not-applied",
    title="the dropout mask is not applied on the way back",
    family="dropout",
    doc=__doc__,
    wrong="dx = dy / keep",
    right="dx = dy * mask / keep",
    choices=choices,
    inject=inject,
    repairs=("multiply",),
)
