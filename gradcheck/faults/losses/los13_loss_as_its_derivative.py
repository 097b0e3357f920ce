"""The value of the squared error is taken for its derivative.

## Rule
The power comes down by one.

    L = c (yhat - y)**2
    dL/dyhat = 2 c (yhat - y)

## Symptom
All gradients are wrong, from the last layer inwards. The delta has no sign: every output is
pushed down, the more the worse it is.

## Cause
The array of the loss's terms is handed to the backward pass, or the square was left in the
delta.

## Fix
2 c (yhat - y).

## Hidden when
Every residual is 0 or 2.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 5.3.1. With the factor 2 c,
and the square of the residual alone, it is SGN06.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "squared_error":
        return None
    return site.with_first(site.upstream * site.output)


FAULT = Fault(
    code="LOS13",
    slug="loss-as-its-derivative",
    title="the squared error itself is sent back as its derivative",
    family="losses",
    doc=__doc__,
    wrong="delta = c * (yhat - y)**2",
    right="delta = 2 * c * (yhat - y)",
    inject=inject,
    repairs=("drop-square",),
)
