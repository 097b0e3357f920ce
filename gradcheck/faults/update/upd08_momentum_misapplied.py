"""The velocity is subtracted where it should be added, or multiplied by the rate a second time.

## Symptom
The second and all later steps are wrong: they brake where they should roll on, or shrink with
the square of the rate. The gradient is right, so a check of gradients has nothing to find.

## Cause
Two forms of momentum are mixed: v = mu v - rate g; w += v, and v = mu v + g; w -= rate v.

## Fix
Use one of the two. The test: with a constant gradient the steps grow towards rate * g / (1 -
mu).

The test, on pasted code: after a single gradient the steps that follow turn back each time; or
the first step is the gradient times the square of the rate.

## Hidden when
The first step.

## Sources
Sutskever, Martens, Dahl and Hinton, *On the Importance of Initialization and Momentum in Deep
Learning* (2013), equations 1 and 2.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD08",
    slug="momentum-misapplied",
    title="the momentum has the wrong sign, or the rate is applied twice",
    family="update",
    doc=__doc__,
    level="warning",
)
