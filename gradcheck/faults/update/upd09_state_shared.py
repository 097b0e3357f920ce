"""The running means of one parameter are used for another.

## Symptom
Steps of a parameter depend on the gradients of others. The gradient is right, so a check of
gradients has nothing to find.

## Cause
The index of the state is not advanced in the loop over the parameters, or one list is used as
every default.

## Fix
One state for each parameter. The test: two parameters, one of which has a zero gradient, must
not move that one.

The test, on pasted code: a gradient of zero for one parameter and not for another is put in,
and it moves.

## Hidden when
There is one parameter.

## Sources
Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), algorithm 1, whose moments
have the parameter's shape; seen in https://github.com/PennyLaneAI/pennylane/issues/1928.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD09",
    slug="state-shared",
    title="parameters share one optimiser state",
    family="update",
    doc=__doc__,
    level="warning",
)
