"""Adam's running means start at zero, and nothing makes up for it.

## Symptom
The first steps have the wrong size, by (1 - b1^t) / sqrt(1 - b2^t): with the usual constants
they are about three times too large. The gradient is right, so a check of gradients has nothing
to find.

## Cause
The two lines that divide by 1 - b^t are left out.

## Fix
mhat = m / (1 - b1**t), vhat = v / (1 - b2**t). The test: the first step of Adam is rate *
sign(gradient), but for epsilon.

The test, on pasted code: gradients of a constant size are put in its place, and the steps grow or
shrink as (1 - b1^t) / sqrt(1 - b2^t), from that share of the rate on.

## Hidden when
After some thousand steps, when b^t has vanished.

## Sources
Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), algorithm 1; seen in
https://github.com/oxiglade/mlx-rs/issues/301.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD02",
    slug="bias-correction-missing",
    title="the bias correction of Adam's moments is missing",
    family="update",
    doc=__doc__,
    level="warning",
)
