"""A ReLU, maximum or absolute value changes its branch between the two points.

## Symptom
Single entries differ while their neighbours agree; left and right differences disagree, and the
claimed value is one of them or lies between.

## Cause
The step is larger than the distance to the kink.

## Fix
Use smaller steps or complex ones, and accept any value between the one-sided slopes at a kink
itself.

## Hidden when
Nothing is close to a kink.

## Sources
Stanford CS231n, *Gradient checks* (course notes); seen in
https://github.com/BVLC/caffe/issues/1334 and https://github.com/pytorch/pytorch/issues/114234.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK03",
    slug="kink-within-step",
    title="a kink lies within the step, and the difference averages two slopes",
    family="checking",
    doc=__doc__,
    level="note",
)
