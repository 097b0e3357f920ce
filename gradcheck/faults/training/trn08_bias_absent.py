"""Without a bias an output of zero inputs is fixed.

## Symptom
The prediction can't be shifted; a mean residual remains. Every gradient is right.

## Cause
bias: false, or biases left out of the formulas.

## Fix
Add one, or centre the data. It is no more than a remark: with centred data nothing is missing.

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
