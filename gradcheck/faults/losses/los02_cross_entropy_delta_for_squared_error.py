"""The short delta yhat - y, which belongs to the cross-entropy, is used with the squared error.

## Rule
The squared error does not cancel the derivative of the output's activation.

    L = c (yhat - y)**2,   yhat = s(Z)
    dL/dZ = 2 c (yhat - y) * s'(Z)

## Symptom
All gradients are wrong, from the last layer inwards. They are the exact gradients of the
cross-entropy.

## Cause
A formula taken from a text that has the other loss.

## Fix
Multiply by the derivative, and by 2 c; or change the loss to the one that the delta belongs to.

## Hidden when
Never. With a ½ in the loss it is the same as ACT22, or SMX02 for a softmax, and goes by that
name.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 5.2; seen in
https://github.com/jiexunsee/Neural-Network-with-Python/issues/1.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name not in ("sigmoid", "softmax") or len(site.after) != 1:
        return None
    (loss,) = site.after
    if loss.op.name != "squared_error" or loss.options["factor"] == 0.5:
        return None
    return site.with_first(site.upstream / (2 * loss.options["factor"]))


FAULT = Fault(
    code="LOS02",
    slug="cross-entropy-delta-for-squared-error",
    title="the delta yhat - y of the cross-entropy is used with the squared error",
    family="losses",
    doc=__doc__,
    wrong="dZ2 = yhat - y               # L = (yhat - y)**2",
    right="dZ2 = 2 * (yhat - y) * sigmoid_prime(Z2)",
    inject=inject,
    repairs=("append-derivative", "multiply"),
)
