"""Weights or inputs are arrays of integers, and what is written into them loses its fraction.

## Symptom
Updates of less than 1 do nothing, larger ones are cut off. The gradient itself may be right; a
numeric one taken in the same arrays is zero or a number in the thousands, which is CHK04.

## Cause
np.array([[1, 2], [3, 4]]) has an integer type, which `W[i] += 0.1` and `W[i] = W[i] + h` keep.

## Fix
Write 1.0, or give dtype=float. Here all arrays are read as floating-point numbers, so a check
can't show it; the test is `W.dtype`, printed once.

## Hidden when
One entry has a decimal point.

## Sources
Harris et al., *Array programming with NumPy* (2020), on data types; seen in
https://github.com/oreilly-japan/deep-learning-from-scratch/issues/51 and
https://github.com/nu-radio/NuRadioMC/issues/1061.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CCH07",
    slug="integer-arrays",
    title="arrays of integers cut off what is written into them",
    family="caching",
    doc=__doc__,
    level="note",
)
