"""An array holds whole numbers where fractions belong.

## Symptom
A parameter that does not move, or jumps by whole numbers; a claimed gradient that is right but for
its fractions, and so zero where it is small. A numeric gradient taken with such a
parameter is 0 or absurdly large, for a step below 1 does not move it.

## Cause
NumPy takes the type from what it is given, and whatever is put into the array is cut off:

    W = np.array([[1, 0], [0, 1]])             # wrong: int64
    W[0, 0] -= 0.1 * dW[0, 0]                  # and 0.9 becomes 0
    W = np.array([[1.0, 0.0], [0.0, 1.0]])     # right: float64

## Fix
Write a point, or `dtype=float`, where an array is made; `np.zeros(n)` is float64 by itself, but
`np.zeros_like(ids)` is as whole as `ids`.

## Hidden when
All entries happen to be whole, or the array was made float64 before it was stored.

## Sources
Seen in https://github.com/oreilly-japan/deep-learning-from-scratch/issues/51 and
https://github.com/nu-radio/NuRadioMC/issues/1061.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK04",
    slug="whole-numbers",
    title="arrays of whole numbers stand where gradients or weights should",
    family="precondition",
    doc=__doc__,
)
