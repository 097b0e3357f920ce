"""A mask like a ReLU's is taken from the output of a softplus, which is positive everywhere.

## Symptom
The mask lets everything pass, so the derivative is 1 and the gradient that of ACT01, under
which name it is found. Where the softplus is cut off at a threshold, the mask looks for it on
the wrong axis.

## Cause
For a ReLU, output and input are positive together, and its mask may come from either; for
smooth rectifiers only the input tells.

## Fix
Use the derivative at z: the sigmoid of z, which is 1 - exp(-a).

## Hidden when
All z are far above zero, where the softplus is straight.

## Sources
Dugas et al., *Incorporating Second-Order Functional Knowledge for Better Option Pricing*
(2001); seen in https://github.com/PaddlePaddle/Paddle/pull/18678.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="ACT19",
    slug="mask-of-a-positive-output",
    title="a mask is taken from an output that is never zero",
    family="activation derivative",
    doc=__doc__,
)
