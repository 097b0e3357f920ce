"""The residual of a column and a row is a table of all pairs.

## Symptom
The loss compares every prediction with every target, and its best answer is the mean target for
all. The gradient is exact for what is computed, so a check of it against that very function is
silent.

## Cause
y has shape (n), yhat (n, 1); NumPy spreads both.

## Fix
Give both one shape. The test: permuting predictions and targets together must only permute the
terms; here a target of another shape than the prediction is an error.

## Hidden when
n is 1.

## Sources
Harris et al., *Array Programming with NumPy* (2020), on broadcasting; seen in
https://github.com/LaurentMazare/tch-rs/issues/510.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD01",
    slug="residual-broadcast",
    title="predictions (n, 1) and targets (n) are broadcast to (n, n) in the loss",
    family="model",
    doc=__doc__,
    level="warning",
)
