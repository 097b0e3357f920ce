"""A large right gradient drowns a small wrong one.

## Symptom
The check passes although one bias is wrong in every entry.

## Cause
All gradients are concatenated and one relative norm is compared.

## Fix
Judge each parameter, and its worst entry, alone.

## Hidden when
All gradients have the same size.

## Sources
Ng, *Improving Deep Neural Networks* (2017), week 1, uses the one norm, with this weakness.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK11",
    slug="one-norm-for-all",
    title="one norm over all parameters hides a single wrong one",
    family="precondition",
    doc=__doc__,
    level="note",
)
