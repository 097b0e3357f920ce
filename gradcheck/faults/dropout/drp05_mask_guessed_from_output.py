"""The mask is not kept but guessed from the output, as where it is positive.

## Rule
An output is zero where the mask is, and may be so, or negative, elsewhere.

    y = x * mask / keep
    dL/dx = dL/dy * mask / keep
    mask = (y > 0) only if all x are positive

## Symptom
All layers before the dropout are wrong where its input is negative: those entries get nothing.
Guessed as y != 0, the mask errs only where an input is exactly zero. There no check of parameters
sees it: a value that stays zero when the parameters move a little has no gradient to lose.

## Cause
After a ReLU, where it was tried, it is right.

## Fix
Keep the mask of the forward pass.

## Hidden when
All inputs are positive, or zero without a slope.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014),
section 5.1; told of in https://github.com/kaldi-asr/kaldi/issues/3890.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults.dropout._dropout import dropped, keep
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not dropped(site) or bool((site.inputs[0] >= 0).all()):
        return None
    return site.with_first(np.where(site.output > 0, site.upstream / keep(site), 0))


FAULT = Fault(
    code="DRP05",
    slug="mask-guessed-from-output",
    title="the dropout mask is guessed from where the output is positive",
    family="dropout",
    doc=__doc__,
    wrong="dx = dy * (y > 0) / keep",
    right="dx = dy * mask / keep",
    inject=inject,
    repairs=("replace-name",),
)
