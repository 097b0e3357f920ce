"""Where each output hands its gradient back to the inputs it has seen, nothing is rotated.

## Rule
The scatter has the forward pass's own indices.

    y_p = sum_k w_k x_(p+k)
    dx_(p+k) += dy_p w_k for all p, k

## Symptom
Texts show a rotated kernel, the code has none.

## Cause
The rotated kernel appears when the same sum is ordered by inputs and written as one more
convolution.

## Fix
None is needed here.

## Hidden when
The result is scattered, not gathered.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5; reported as a bug in
https://github.com/ddbourgin/numpy-ml/issues/27.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT08",
    slug="kernel-not-rotated",
    title="a convolution's backward pass in loops needs no rotated kernel",
    family="conventions",
    doc=__doc__,
    level="note",
)
