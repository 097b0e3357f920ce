"""A unit whose pre-activation is negative for all samples gets no gradient, and stays so.

## Symptom
Whole columns of a weight's gradient are zero. Every gradient is right.

## Cause
A rate too large, or a bias that was driven far below zero.

## Fix
A smaller rate, a leaky ReLU, or fresh weights. The test, on pasted code: more than half of a
layer's units are zero for every sample seen, eight at least, at the initial weights or after 40
steps. By chance a unit that is off for half of all samples is so for eight in 1 of 256 cases.

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
