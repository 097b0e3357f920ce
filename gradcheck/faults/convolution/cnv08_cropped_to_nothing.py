"""The slice that takes off the padding is empty where there is no padding.

## Rule
-0 is 0, and counts from the front.

    P[p:-p] has len(P) - 2 p rows for p > 0
    P[0:-0] = P[0:0] has none

## Symptom
A shape error, only in layers without padding; with padding all gradients are right. No wrong
gradient comes out of it, so a gradient check has nothing to name: run the backward pass at
padding 0 once, that is the test.

## Cause
dX = dP[:, :, p:-p, p:-p].

## Fix
dP[:, :, p : p + height, p : p + width].

## Hidden when
The padding is above 0 everywhere.

## Sources
NumPy user guide, *Indexing on ndarrays*, on negative indices; seen in
https://github.com/XiandaGuo/OpenStereo/pull/80.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CNV08",
    slug="cropped-to-nothing",
    title="cropping by [p:-p] leaves nothing when the padding is 0",
    family="convolution",
    doc=__doc__,
)
