"""Running means, caches or in-place operations move the function.

## Symptom
The loss changes when it is evaluated again.

## Cause
`x *= mask` on the caller's array, or running statistics updated in each call.

## Fix
Copy before changing; freeze the statistics. The test: evaluate twice, and compare inputs and
parameters before and after.

## Hidden when
The state is not read again.

## Sources
Stanford CS231n, *Gradient checks* (course notes).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK06",
    slug="forward-changes-state",
    title="the forward pass changes what it depends on",
    family="checking",
    doc=__doc__,
    level="note",
)
