"""Absolute and squared error are exchanged between loss and gradient.

## Rule
The squared error pulls in proportion, the absolute one always alike.

    r = yhat - y
    d(r**2)/dyhat = 2 r
    d|r|/dyhat = sign(r)

## Symptom
All gradients are wrong, from the last layer inwards. Signs are right, sizes are not: the sign
alone, where the residual belongs, or the reverse.

## Cause
The loss was changed in one of the two passes.

## Fix
Differentiate the loss that is computed.

## Hidden when
Every residual has the size at which both derivatives agree.

## Sources
Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2nd ed., 2009), section
10.6.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import weighted
from gradcheck.op import Gradients


def choices(site: Site) -> tuple[str, ...]:
    known = {"squared_error": ("sign",), "absolute_error": ("residual", "residual twice")}
    return known.get(site.op.name, ())


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    residual = site.inputs[0] - site.inputs[1]
    slopes = {"sign": np.sign(residual), "residual": residual, "residual twice": 2 * residual}
    return weighted(site, slopes[site.choice])


FAULT = Fault(
    code="LOS12",
    slug="derivative-of-the-other-error",
    title="the absolute error's derivative is used for the squared error, or the reverse",
    family="losses",
    doc=__doc__,
    wrong="delta = np.sign(yhat - y)         # L = (yhat - y)**2",
    right="delta = 2 * (yhat - y)",
    choices=choices,
    inject=inject,
    repairs=("drop-call", "wrap-call"),
)
