"""The function changes its arguments in place: parameters, inputs or targets.

## Symptom
A warning, never an error: each call here gets copies, so the gradients are judged as they are. In a
training loop the next step starts from spoiled numbers, and a gradient check that moves one
entry at a time compares losses of different points.

## Cause
In NumPy a name is not a copy, and operators with `=` write into the array that was handed in:

    x -= x.mean(axis=0)                  # wrong: the caller's x is centred as well
    x = x - x.mean(axis=0)               # right

    dz = da; dz[z <= 0] = 0              # wrong: da is masked as well
    dz = np.where(z > 0, da, 0)          # right

## Fix
Make a new array, or work on a copy.

## Hidden when
What is written is what was there before, as centring what is centred already.

## Sources
Harris et al., *Array Programming with NumPy* (2020), on views and copies; seen in
https://github.com/pytorch/pytorch/issues/49824.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK07",
    slug="arguments-changed",
    title="the function changes what it is given",
    family="precondition",
    doc=__doc__,
)
