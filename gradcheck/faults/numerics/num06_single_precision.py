"""Gradients are accumulated in 32 or 16 bits.

## Symptom
Claimed and numeric gradient differ by noise without a pattern, from 1e-7 to 1e-1 of its size,
the more the longer the sums.

## Cause
Arrays of float32 or float16, on the claimed or the numeric side.

## Fix
Check in double precision; the formula is the same. Claims in lower precision are judged with a
bar to fit.

## Hidden when
Everything is float64.

## Sources
Higham, *Accuracy and Stability of Numerical Algorithms* (2nd ed., 2002), chapter 4; seen in
https://github.com/pytorch/pytorch/issues/8659 and
https://github.com/PaddlePaddle/Paddle/issues/4283.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NUM06",
    slug="single-precision",
    title="sums in single or half precision make the gradient noisy",
    family="numerical stability",
    doc=__doc__,
    level="note",
)
