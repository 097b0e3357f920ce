"""An integer array can't hold a value that is a little larger.

## Symptom
The numeric gradient is exactly zero, or of the order of 1 / h.

## Cause
np.array([1, 2]) is an array of integers.

## Fix
Make it float64. Here integer arrays are noticed.

## Hidden when
Never.

## Sources
Harris et al., *Array Programming with NumPy* (2020), on data types; met by readers of *Deep
Learning from Scratch*.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK04",
    slug="integer-parameters",
    title="parameters are integers, so a small step is rounded away",
    family="checking",
    doc=__doc__,
    level="note",
)
