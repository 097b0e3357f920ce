"""So many units sit on a kink that the gradient may be one of many.

## Symptom
`undecided: kink`. At the point the loss has no single derivative: its one-sided derivatives
differ, and however small the steps, their gap stays. Every value between them is a
subgradient. With a few kinks the range is known and decides; with many it is not.

## Cause
Inputs of a ReLU, a hinge, a maximum or an absolute value that are exactly at the bend, mostly
because biases and inputs are zero:

    b = np.zeros(5)                            # wrong for a check: rows of zeros sit on the kink
    b = rng.normal(scale=0.1, size=5)          # right: the point is off its kinks

## Fix
Move the point: draw the biases, and leave out samples that are all zeros. Or take a smaller batch,
so that there are fewer kinks. Entries that no kink touches are decided all the same.

## Hidden when
The point is off all kinks, as generated points nearly always are.

## Sources
Clarke, *Optimization and Nonsmooth Analysis* (1983), chapter 2; Stanford CS231n, course notes on
gradient checks; seen in https://github.com/BVLC/caffe/issues/1334.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK03",
    slug="kink",
    title="a kink leaves the gradient open",
    family="precondition",
    doc=__doc__,
)
