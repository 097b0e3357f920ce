"""Running statistics are updated by every forward pass, those of a numeric check included.

## Symptom
The loss changes from one evaluation to the next at the same point, if the statistics are used; if
not, training goes on with means that the check has moved.

## Cause
The forward pass in training mode has a side effect, `running = 0.9 * running + 0.1 * mean`.

## Fix
Freeze the statistics during a check, or restore them afterwards. Here a batch norm uses the
batch's own, so that the claimed gradient is judged against a function that stays the same; the
test is to evaluate the loss twice, as for CHK06.

## Hidden when
The statistics are not used, or the layer is in evaluation mode.

## Sources
Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal
Covariate Shift* (2015), section 3.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CCH08",
    slug="statistics-move-with-each-pass",
    title="every forward pass moves the running statistics, those of the check too",
    family="caching",
    doc=__doc__,
    level="note",
)
