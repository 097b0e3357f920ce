"""A unit whose pre-activation is negative for all samples gets no gradient, and stays so.

## Symptom
Whole columns of a weight's gradient are zero. Every gradient is right.

## Cause
A rate too large, or a bias that was driven far below zero.

## Fix
A smaller rate, a leaky ReLU, or fresh weights. The test: units that are zero for all samples of
a large batch.

## Hidden when
Never.

## Sources
Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models* (2013),
section 2.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN04",
    slug="relu-dead",
    title="some ReLU units are off for every sample",
    family="training",
    doc=__doc__,
    level="note",
)
