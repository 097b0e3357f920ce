"""In batch norm, the variance's share in the gradient of the mean is identically zero.

## Rule
Deviations from a mean add up to zero.

    d(var)/d(mean) = -2 / m * sum(x - mean) = 0
    dL/d(mean) = -sum(dxhat) / sqrt(var + eps)

## Symptom
One of two terms that the paper writes is left out.

## Cause
The term vanishes for the batch's own mean.

## Fix
None is needed here.

## Hidden when
The mean is the batch's own.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3; reported as a bug in
https://github.com/pjreddie/darknet/pull/29 and https://github.com/pjreddie/darknet/issues/1723.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT05",
    slug="mean-term-zero",
    title="batch norm's mean gradient may lack the share of the variance",
    family="conventions",
    doc=__doc__,
    level="note",
)
