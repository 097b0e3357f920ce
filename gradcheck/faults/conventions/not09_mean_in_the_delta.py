"""The mean is divided by once, in the first delta, and every gradient inherits it.

## Rule
The chain rule is linear in the delta.

    dZ2 = (A2 - Y) / m
    dW2 = A1.T @ dZ2                  # holds the 1/m

## Symptom
The lines for weights and biases have no 1/m, other than in the course.

## Cause
The division was moved to the start.

## Fix
None is needed here. In both places it is AVG02.

## Hidden when
All lines are shown.

## Sources
Ng, *Neural Networks and Deep Learning* (2017), week 3, has it in the other place; asked about
in https://community.deeplearning.ai/t/course-1-week-4-1-m-in-backpropagation/89393.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT09",
    slug="mean-in-the-delta",
    title="1/m in the first delta alone is enough",
    family="conventions",
    doc=__doc__,
    level="note",
)
