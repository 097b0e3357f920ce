"""Where both terms of the loss are divided by m, so are both of the gradient, in one bracket.

## Rule
A common factor may stand in front.

    L = (sum(l) + lam / 2 * sum(W**2)) / m
    dL/dW = (sum(dl/dW) + lam * W) / m

## Symptom
The regulariser stands inside the bracket.

## Cause
The course's loss has it there as well.

## Fix
None is needed here. Where the loss has it outside, it is REG04.

## Hidden when
The loss is written the same way.

## Sources
Ng, *Machine Learning* (2011), week 5, whose regulariser has 1/(2m); discussed in
https://github.com/schneems/Octave/issues/12.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT15",
    slug="mean-factored-out",
    title="1/m may be factored out of data and regulariser",
    family="conventions",
    doc=__doc__,
    level="note",
)
