"""Truncation grows with the step, rounding falls with it.

## Symptom
The verdict changes with h.

## Cause
One fixed h for all entries, whatever their scale.

## Fix
Extrapolate from several steps with an error bar, or use complex steps, which need no small h.
The test: a central difference's error falls as h**2.

## Hidden when
The function is linear.

## Sources
Press, Teukolsky, Vetterling and Flannery, *Numerical Recipes* (3rd ed., 2007), section 5.7;
Squire and Trapp, *Using Complex Variables to Estimate Derivatives of Real Functions* (1998).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK02",
    slug="step-unsuited",
    title="the step of the differences is too small or too large",
    family="checking",
    doc=__doc__,
    level="note",
)
