"""Every forward pass of a numeric check draws another mask.

## Symptom
The numeric gradient is noise, larger the smaller the step; the claimed one may be right.

## Cause
Two losses are subtracted that belong to two networks.

## Fix
Draw once, and keep the mask for all evaluations; or check without dropout, and dropout by itself.
Here a dropout layer has a seed and one mask for good; of a program of your own, see CHK05. The
test is to evaluate the loss twice at one point.

## Hidden when
The mask or the generator's state is fixed.

## Sources
Ng, *Improving Deep Neural Networks* (2017), week 1, which says that gradient checking does not
work with dropout; told of in http://www.ashukumar27.io/gradient-checking/.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="DRP06",
    slug="masks-drawn-during-the-check",
    title="dropout draws another mask in every evaluation of a check",
    family="dropout",
    doc=__doc__,
    level="note",
)
