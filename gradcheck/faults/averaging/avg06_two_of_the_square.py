"""The 2 that the square gives, or the ½ that should cancel it, is forgotten.

## Rule
The exponent comes down as a factor, beside the loss's own.

    L = c (yhat - y)**2
    dL/dyhat = 2 c (yhat - y)

## Symptom
Every gradient is off by one factor: half of the true one where the 2 is missing, twice where
the loss has a ½ and the gradient keeps the 2. All directions are right.

## Cause
The gradient of the halved squared error is used for the whole one, or the other way round.

## Fix
yhat - y for a loss with ½, 2 (yhat - y) for one without.

## Hidden when
Never, but the learning rate absorbs it; that is why it lives so long.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 1.2, with the ½; taken for a
bug, and explained, in https://github.com/davisking/dlib/issues/1169.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    if site.op.name != "squared_error":
        return []
    factor = site.options["factor"]
    return ["2"] * (factor != 0.5) + ["factor"] * (factor not in (1, 2))


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.choice is None or right is None:
        return None
    return site.with_first(right / (2 if site.choice == "2" else site.options["factor"]))


FAULT = Fault(
    code="AVG06",
    slug="two-of-the-square",
    title="the 2 of the square, or the factor of the squared error, is missing in the gradient",
    family="averaging",
    doc=__doc__,
    wrong="delta = yhat - y               # L = (yhat - y)**2",
    right="delta = 2 * (yhat - y)",
    choices=choices,
    inject=inject,
    repairs=("multiply", "divide", "drop-factor"),
)
