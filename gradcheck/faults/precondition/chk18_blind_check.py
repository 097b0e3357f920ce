"""The check could not have seen some of the known faults, had they been made.

## Symptom
The verdict is `undecided` although every gradient is right, as the config demands more power than
the check has.

## Cause
Some mistakes change no gradient at the points and sizes that are checked.

    data: {batch: 1}        # wrong for a check: a forgotten 1/m divides by one
    data: {batch: 7}        # right: seven samples show it

## Fix
Enlarge the batch, give regularisers a strength above zero, let sizes differ from one another; or
demand less with `check: {power: ...}`.

## Hidden when
The config demands no power: `gradcheck power CONFIG` tells what would go unseen all the same.

## Sources
The measured hiding conditions of each fault, in its own "Hidden when"; mutation testing has the
same measure for tests: DeMillo, Lipton and Sayward, *Hints on test data selection* (1978).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK18",
    slug="blind-check",
    title="the check could not have seen some of the known faults",
    family="precondition",
    doc=__doc__,
    level="warning",
)
