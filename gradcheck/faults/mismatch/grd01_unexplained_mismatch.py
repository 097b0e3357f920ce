"""The claimed gradient is not the numeric one, and no known mistake accounts for it.

## Symptom
Claimed and numeric gradient differ by more than their error bar, and none of the known faults,
planted in a right backward pass, gives the claimed one.

## Cause
A mistake that the catalogue does not hold, several that overlap, or a loss other than the one
that was differentiated. What was measured narrows it down: a constant ratio points to a
forgotten factor, a single wrong entry to an index, wrong gradients up to one layer and right
ones behind it to the line between them.

## Fix
Start at the wrong parameter nearest the output and leave the others for later: they may
only suffer from it. Write its gradient for one sample and compare entry by entry:

    grad.weight = x.T @ delta         # right, if delta is: check delta first
    grad.weight = delta.T @ x         # wrong: transposed, and seen at once in a layer not square

## Hidden when
Never where the entry was compared: a difference below the error bar is no finding.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equations BP1 to BP4, to compare with.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="GRD01",
    slug="unexplained-mismatch",
    title="the claimed gradient differs from the numeric one and no known mistake explains it",
    family="mismatch",
    doc=__doc__,
)
