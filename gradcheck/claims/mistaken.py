"""Claims by our own backprop with faults planted in it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from gradcheck.errors import ClaimError
from gradcheck.fault import Fault
from gradcheck.network.graph import Network
from gradcheck.network.plant import Plant
from gradcheck.network.planted import Reference, plants
from gradcheck.problem import Claims, Probe


def claimant(
    network: Network, own: Probe, faults: Sequence[Plant], inputs: Collection[str] = ()
) -> Callable[[Sequence[Probe]], list[Claims]]:
    """Return what claims, at each probe, what backprop with faults planted in it computes.

    `own` is the user's point, at which the imagined program was run first. The claims are those
    of all parameters and of the named inputs.
    """
    first = Reference(network, own)

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        return [
            (first if p is own else Reference(network, p, first)).planted(faults, inputs)
            for p in probes
        ]

    return claims


def plant(
    network: Network, probe: Probe, fault: Fault, place: str | None, choice: str | None = None
) -> Plant:
    """Find where a fault goes: a node or parameter by name, else the fitting node nearest the loss.

    `choice` names one of the fault's variants, or its constant. Raises ClaimError where the fault
    can't be made.
    """
    if not fault.plantable:
        raise ClaimError(f"{fault.code} ({fault.title}) names a finding and can't be planted")
    reference = Reference(network, probe)
    fitting = list(plants(reference, fault))
    near = [p for p in fitting if place is None or place in _places(reference, p)]
    if not near:
        where = f"at {place!r}" if place else "anywhere in this network"
        raise ClaimError(f"{fault.code} ({fault.title}) can't be made {where}")
    if choice is None:
        return near[0]
    if fault.constant is not None:
        return replace(near[0], constant=_number(fault, choice))
    for candidate in near:
        if candidate.choice == choice:
            return candidate
    known = sorted({str(p.choice) for p in near if p.choice is not None})
    raise ClaimError(
        f"{fault.code} has no variant {choice!r} there; "
        + (f"it has {', '.join(known)}" if known else "it has no variants")
    )


def _number(fault: Fault, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ClaimError(
            f"{fault.code} holds a number, as in {fault.code}(2); found {text!r}"
        ) from None


def _places(reference: Reference, plant: Plant) -> set[str]:
    """Return the names by which a plant's place can be spoken of."""
    site = reference.sites.get(plant.node)
    if site is None:
        return {plant.node}
    own = site.names.values() if plant.target is None else [site.names[plant.target]]
    paid = site.sources if site.op.kind == "regularizer" else ()
    return {plant.node, *own, *paid}
