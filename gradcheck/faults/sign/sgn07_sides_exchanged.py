"""A checker's report shows the numeric gradient as the claimed one, and the other way round.

## Symptom
The report blames the right numbers: what it calls numeric is what the program computed.

## Cause
The two are passed in the wrong order to a function that takes both, or a library prints them
without labels.

## Fix
Label both sides. Here the numeric value is the referee's own and the claim the user's, each
with its name in every report; a gradient alone can't show which side it came from.

## Hidden when
Both agree.

## Sources
JAX was asked to label the sides in https://github.com/jax-ml/jax/pull/39821.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="SGN07",
    slug="sides-exchanged",
    title="the claimed and the numeric gradient are exchanged in a report",
    family="sign",
    doc=__doc__,
    level="note",
)
