"""The gradient is zero since a later layer, or the loss, takes back what the parameter changes.

## Symptom
A note: the true gradient is zero, and claims of zero, or of mere rounding errors, are right. A
check that divides by the size of the gradient would see a huge relative error. The
evidence names the layer that gives the same however far the parameter is moved, which was tried.

## Cause
A bias before a normalisation, whose mean takes it off again; a shift of all logits before a
softmax; output weights of zero; a point at which the loss is at its least.

    z = x @ W + b; h = (z - z.mean(axis=0)) / z.std(axis=0)      # wrong to expect: b does nothing
    z = x @ W; h = (z - z.mean(axis=0)) / z.std(axis=0)          # right, and the same

## Fix
None is needed. The bias may be left out (`bias: false`), for the normalisation has its own.

## Hidden when
The statistics do not depend on the batch, as with frozen running means: then the bias counts.

## Sources
Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal
Covariate Shift* (2015), section 3.2, on the bias that can be ignored.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK14",
    slug="zero-for-a-reason",
    title="a gradient is zero for a reason",
    family="precondition",
    doc=__doc__,
)
