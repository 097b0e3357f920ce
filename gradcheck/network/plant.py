"""Plants: which fault is made where in a backward pass."""

from gradcheck.fault import Fault, Site
from gradcheck.record import altered, record

WHOLE = "the whole pass"
"""The place of faults that confuse finished gradients."""


@record
class Plant:
    """A fault at a node (or `WHOLE`); `target` is one of the node's own names for a parameter."""

    fault: Fault
    node: str
    target: str | None = None
    choice: str | None = None
    constant: float | None = None


def spoken(plant: Plant) -> str:
    """Say where a fault is made."""
    variant = f" ({plant.choice})" if plant.choice else ""
    if plant.target is None:
        return f"at {plant.node}{variant}"
    return f"at {plant.node}.{plant.target}{variant}"


def at(site: Site, plant: Plant) -> Site:
    """Return a site as a plant's fault sees it."""
    constant = plant.constant if plant.constant is not None else plant.fault.constant
    return altered(
        site,
        target=plant.target,
        choice=plant.choice,
        constant=1.0 if constant is None else constant,
    )
