"""The residual's absolute value, or its square, is sent backwards instead of the residual.

## Rule
The residual's sign says in which direction the prediction has to move.

    L = (yhat - y)**2 / 2
    dL/dyhat = yhat - y

## Symptom
All gradients are wrong, and the more so the more samples lie on either side of the target. The
output bias is pushed one way only, whatever the data.

## Cause
The error that is printed, a size, is also the one that is sent back.

## Fix
Send back yhat - y itself; take its size for the report only.

## Hidden when
No prediction lies below its target, for the absolute value; all residuals are 1, for the
square.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 5.3.1, equation 5.54.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> tuple[str, ...]:
    return ("size", "square") if site.op.name == "squared_error" else ()


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.choice is None or right is None:
        return None
    residual = site.inputs[0] - site.inputs[1]
    return site.with_first(right * (np.sign(residual) if site.choice == "size" else residual))


FAULT = Fault(
    code="SGN06",
    slug="residual-without-sign",
    title="the size or the square of the residual stands for the residual",
    family="sign",
    doc=__doc__,
    wrong="delta = abs(yhat - y)",
    right="delta = yhat - y",
    choices=choices,
    inject=inject,
    repairs=("drop-call", "drop-square"),
)
