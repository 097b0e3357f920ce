"""Samples and labels have been put into different orders.

## Symptom
The loss stays near that of guessing; or it falls, and an accuracy stays near that of guessing.
Every gradient is right.

## Cause
Inputs and labels are shuffled by two permutations, or only one of them is.

## Fix
order = np.random.permutation(n); X, y = X[order], y[order]. The test, on pasted code: two arrays
are followed through the program's statements, by their rows; since the later of them was made,
the rows of one have been moved without those of the other, and the loss depends on which rows
meet, or a comparison holds one against what the other gives. What is only written in another way,
as 1 - y, is left out, and so is what may have caught up with an order that was known before.

## Hidden when
All rows are alike.

## Sources
NumPy's manual, *numpy.random.permutation*: each call draws anew.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN15",
    slug="rows-parted",
    title="samples and labels are not in the same order",
    family="training",
    doc=__doc__,
    level="note",
)
