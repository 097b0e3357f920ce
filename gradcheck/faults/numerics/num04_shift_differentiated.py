"""The subtracted maximum gets a gradient, or half of one.

## Symptom
The largest logit's gradient is off. The shift changes nothing in the value, so its derivative,
taken whole, is zero.

## Cause
The shift is part of the graph, but its backward pass is written for one of its two uses only.

## Fix
Treat the maximum as a constant; or differentiate both uses, whose shares cancel.

## Hidden when
The row's gradient with respect to the shift is zero in each part.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NUM04",
    slug="shift-differentiated",
    title="the softmax's shift by its maximum is differentiated in one place and not in another",
    family="numerical stability",
    doc=__doc__,
    level="warning",
)
