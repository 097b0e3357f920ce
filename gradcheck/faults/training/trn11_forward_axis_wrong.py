"""The forward pass mixes samples.

## Symptom
Predictions of a sample change with the rest of the batch. Every gradient is right.

## Cause
axis=0 stands where axis=1 is meant.

## Fix
Use the features' axis. The test, on pasted code: the labels are one-hot along one axis, and
the outputs add up to 1, to 1e-9, along the other one or all together, but not along this.

## Hidden when
The batch has one sample.

## Sources
Harris et al., *Array Programming with NumPy* (2020), on reductions. See MOD02.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN11",
    slug="forward-axis-wrong",
    title="a sum or softmax of the forward pass runs along the wrong axis",
    family="training",
    doc=__doc__,
    level="note",
)
