"""Adam's correction divides by 1 - b for ever, as in the first step.

## Symptom
The first step is right. The later ones are more and more too small: in the long run, with the
usual constants, by a factor of three. The gradient is right, so a check of gradients has
nothing to find.

## Cause
The step's number t is not in the formula.

## Fix
1 - b**t. The test: with a constant gradient every step of Adam is rate * sign(gradient), but
for epsilon.

The test, on pasted code: with gradients of a constant size the first step is the rate, and the
others go as (1 - b1^t) / sqrt(1 - b2^t).

## Hidden when
t is 1.

## Sources
Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), algorithm 1; seen on slides
in https://github.com/ufal/npfl114/pull/79, and reported in
https://github.com/eriklindernoren/ML-From-Scratch/issues/35.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD04",
    slug="bias-correction-without-power",
    title="the bias correction of Adam uses b instead of b to the power of t",
    family="update",
    doc=__doc__,
    level="warning",
)
