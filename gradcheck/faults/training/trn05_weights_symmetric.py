"""Units that start alike get alike gradients, for ever.

## Symptom
All columns of a weight and of its gradient are identical; with zeros, inner layers get no
gradient at all. Every gradient is right.

## Cause
np.zeros or np.ones for the initial weights.

## Fix
Draw them at random. The test, on pasted code: the numbers of all units of a layer, on both
sides of it, are the same at the start and after 40 steps to a relative 1e-9, which is far above
rounding, while at random weights their gradients differ.

## Hidden when
The layer has one unit.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.4.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN05",
    slug="weights-symmetric",
    title="all weights start equal, so all units of a layer stay equal",
    family="training",
    doc=__doc__,
    level="note",
)
