"""The zero region of a hinge, plain or squared, is not guarded, or the square's 2 is missing.

## Rule
Where the margin is met the loss is zero, and so is its derivative.

    u = 1 - y s
    d max(0, u)/ds = -y 1[u > 0]
    d max(0, u)**2/ds = -2 y max(0, u)

## Symptom
All gradients are wrong, from the last layer inwards. Samples that are clearly right still pull,
for the squared hinge towards the margin; or all gradients are half of the true ones.

## Cause
The condition stands in the loss only; the 2 of the square is forgotten.

## Fix
Keep the maximum, or its condition, in the gradient, and bring down the 2.

## Hidden when
No sample meets its margin; the 2, where the loss has a ½.

## Sources
Tang, *Deep Learning using Linear Support Vector Machines* (2013), section 2.4; seen, in a
modified Huber loss, which has the same pieces, in
https://github.com/stdlib-js/stdlib/issues/13111.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import weighted
from gradcheck.op import Gradients


def choices(site: Site) -> tuple[str, ...]:
    known = {"hinge": ("unguarded",), "squared_hinge": ("unguarded", "without 2")}
    return known.get(site.op.name, ())


def inject(site: Site) -> Gradients | None:
    right, (score, y) = site.gradients.inputs[0], site.inputs
    if site.choice is None or right is None:
        return None
    if site.choice == "without 2":
        return site.with_first(right / 2)
    return weighted(site, -y if site.op.name == "hinge" else -2 * y * (1 - y * score))


FAULT = Fault(
    code="LOS20",
    slug="hinge-branch-unguarded",
    title="a hinge pulls where its margin is met, or its square lacks the 2",
    family="losses",
    doc=__doc__,
    wrong="delta = -2 * y * (1 - y * s)",
    right="delta = -2 * y * np.maximum(0, 1 - y * s)",
    choices=choices,
    inject=inject,
    repairs=("wrap-call", "multiply"),
)
