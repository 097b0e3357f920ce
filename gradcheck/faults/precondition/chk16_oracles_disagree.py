"""Complex step and differences give two different derivatives of the same loss.

## Symptom
Along a random direction the imaginary part of the loss is not what differences of the loss say.
With `method: auto` differences decide alone, with wider bars; with `method: complex_step` the
parameter is `undecided: unreachable`.

## Cause
The forward pass is not analytic: something in it drops imaginary parts, mostly without a word.

    np.abs(z); np.linalg.norm(z); z.astype(float)       # wrong for the complex step
    np.where(z < 0, -z, z); np.sqrt((z * z).sum())      # right: the same, and analytic

## Fix
Say `method: differences`, or write the forward pass so that it is complex-safe.

## Hidden when
The direction does not reach the part that drops it, as a unit that is off.

## Sources
Squire and Trapp, *Using Complex Variables to Estimate Derivatives of Real Functions*, SIAM Review
40 (1998); Martins, Sturdza and Alonso, *The Complex-Step Derivative Approximation* (2003).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK16",
    slug="oracles-disagree",
    title="the two numeric oracles disagree",
    family="precondition",
    doc=__doc__,
)
