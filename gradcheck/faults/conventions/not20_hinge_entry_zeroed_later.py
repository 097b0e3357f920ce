"""Counting the right class first and taking it out afterwards is the same sum.

## Rule
Its margin is the constant, whose derivative is zero.

    s_c - s_c + margin = margin
    margins[range(m), c] = 0 takes it out

## Symptom
The margins are computed for all classes at once.

## Cause
Whole arrays are quicker than loops with a condition.

## Fix
None is needed here. Counted among the violations it is LOS18.

## Hidden when
The next line is shown.

## Sources
Stanford CS231n, *Linear Classification* (course notes); reported as a bug in
https://github.com/lightaime/cs231n/issues/9.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT20",
    slug="hinge-entry-zeroed-later",
    title="the right class in the hinge's sum is no fault if its entry is zeroed later",
    family="conventions",
    doc=__doc__,
    level="note",
)
