"""Without a bias an output of zero inputs is fixed.

## Symptom
The prediction can't be shifted; a mean residual remains. Every gradient is right.

## Cause
bias: false, or biases left out of the formulas.

## Fix
Add one, or centre the data. It is no more than a remark: with centred data nothing is missing.
The test, on pasted code: with inputs of zero the first layer's sums are zero whatever the
weights; no combination of the inputs makes a constant (a least-squares fit leaves a hundredth
or more of it); and constants added to the sums lower the loss by a tenth at once, or a line's
least squares by as much.

## Hidden when
The data are centred.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 3.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN08",
    slug="bias-absent",
    title="layers have no bias where the target needs one",
    family="training",
    doc=__doc__,
    level="note",
)
