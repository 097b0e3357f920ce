"""An average pooling's gradient is divided by the window's height or width, not by both.

## Rule
The mean is over the whole area.

    y = 1/(h w) sum over h w elements of x_j
    dL/dx_j = dL/dy / (h w)

## Symptom
All layers below the pooling have gradients too large by the other side of the window.

## Cause
The kernel is given as one number k, and k is taken for the number of elements.

## Fix
Divide by the number of elements, k * k for square windows.

## Hidden when
The other side is 1.

## Sources
LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*
(1998), section II.A: four inputs, each with a quarter.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import windows
from gradcheck.op import Gradients


def _sides(site: Site) -> dict[str, int]:
    """Return what a mean is wrongly multiplied by, after the side that it is divided by."""
    if site.op.name == "global_avg_pool":
        area = site.inputs[0].shape[2:]
    elif site.op.name == "avg_pool2d" and site.options["count_include_pad"]:
        area = windows(site).kernel
    else:
        return {}
    if len(area) != 2 or 1 in area:
        return {}
    height, width = area
    return {"height": width, "width": height} if height != width else {"height": width}


def choices(site: Site) -> list[str]:
    return list(_sides(site))


def inject(site: Site) -> Gradients | None:
    (dx, *_) = site.gradients.inputs
    if site.choice is None or dx is None:
        return None
    return site.with_first(dx * _sides(site)[site.choice])


FAULT = Fault(
    code="POL07",
    slug="divided-by-one-side",
    title="an average pooling divides by one side of the window, not by its area",
    family="pooling",
    doc=__doc__,
    wrong="dX = np.kron(dY, np.ones((k, k))) / k",
    right="dX = np.kron(dY, np.ones((k, k))) / k**2",
    choices=choices,
    inject=inject,
    repairs=("square",),
)
