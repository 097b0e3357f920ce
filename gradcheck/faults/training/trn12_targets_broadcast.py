"""The residual, or what counts the right answers, is a table of all pairs.

## Symptom
All predictions go to the mean of the targets; or the loss falls, and an accuracy stays where it
was, near that of chance. Every gradient is right.

## Cause
A column and a row in one difference, or in one comparison as in np.mean(y_hat == y).

## Fix
y.reshape(-1, 1). The test: the residual's shape is that of the prediction; on pasted code, a
prediction and a target with n numbers each, one a column and one a row, differ by n * n, or are
compared in as many places.

## Hidden when
n is 1.

## Sources
Harris et al., *Array Programming with NumPy* (2020). See MOD01.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN12",
    slug="targets-broadcast",
    title="targets (n) meet predictions (n, 1): all pairs are made",
    family="training",
    doc=__doc__,
    level="note",
)
