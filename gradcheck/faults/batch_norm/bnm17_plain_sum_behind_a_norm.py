"""Checked with the sum of its outputs as the loss, batch norm's backward pass cannot fail.

## Rule
The normalised values of a batch add up to zero, however x moves.

    L = sum(w xhat + b) = m b
    dL/dx = 0

## Symptom
True and claimed gradient are both nothing but rounding, and agree or disagree by chance. It is no
mistake in the code, but of the test: `y.sum()` as the loss.

## Cause
The easiest scalar is taken.

## Fix
Weight the outputs with random numbers before summing, or use a loss with a target, as the checks
here do.

## Hidden when
Always.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="BNM17",
    slug="plain-sum-behind-a-norm",
    title="a plain sum of a batch norm's output has gradient zero below it, whatever the code",
    family="batch norm",
    doc=__doc__,
    level="note",
)
