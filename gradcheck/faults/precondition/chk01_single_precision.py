"""Gradients, or the parameters they were made for, are in less than double precision.

## Symptom
Right gradients differ from the numeric ones in the seventh digit, or sooner where terms cancel.
Differences of a loss in single precision are worse: their error grows like 1/h, and at h = 1e-5
hardly a digit is left.

## Cause
An array that was float32 from the start, and everything that was computed with it:

    W = rng.normal(size=(3, 5)).astype(np.float32)     # wrong for a check
    W = rng.normal(size=(3, 5))                        # right: float64

## Fix
Compute in float64 for the check, even if training does not. Otherwise nothing needs to be done: the
loss is differentiated in float64 in any case, and bars are as wide as the claims' own
precision makes them. For claims that were stored as text, say `dtype: float32`.

## Hidden when
The arrays are float64 by the time they are seen, though they were float32 before; `dtype` tells.

## Sources
Goldberg, *What Every Computer Scientist Should Know About Floating-Point Arithmetic* (1991); seen
in https://github.com/pytorch/pytorch/issues/8659 and
https://github.com/PaddlePaddle/Paddle/issues/4283.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK01",
    slug="single-precision",
    title="numbers are in less than double precision",
    family="precondition",
    doc=__doc__,
)
