"""Claims by our own backprop, as it is or with faults planted in it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from gradcheck.errors import ClaimError
from gradcheck.fault import Fault
from gradcheck.network.backward import Plant, gradients, sites
from gradcheck.network.forward import run
from gradcheck.network.graph import Network
from gradcheck.problem import Claims, Probe


def claimant(
    network: Network, plants: Sequence[Plant] = ()
) -> Callable[[Sequence[Probe]], list[Claims]]:
    """Return what claims, at each probe, the gradients that backprop computes there."""

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        return [
            gradients(network, run(network, p.parameters, p.data), plants).parameters
            for p in probes
        ]

    return claims


def plant(network: Network, probe: Probe, fault: Fault, place: str | None) -> Plant:
    """Find where a fault goes: a node or parameter by name, else the fitting node nearest the loss.

    Raises ClaimError where the fault can't be made.
    """
    if fault.inject is None:
        raise ClaimError(f"{fault.code} ({fault.title}) names a finding and can't be planted")
    tried = []
    for site in sites(network, run(network, probe.parameters, probe.data)):
        target = _target(network, site.node, place)
        if place is not None and place != site.node and target is None:
            continue
        tried.append(site.node)
        if fault.inject(replace(site, target=target)) is not None:
            return Plant(fault=fault, node=site.node, target=target)
    where = f"at {place!r}" if tried and place else "anywhere in this network"
    if place is not None and not tried:
        raise ClaimError(f"there is no layer and no parameter {place!r} to plant {fault.code} at")
    raise ClaimError(f"{fault.code} ({fault.title}) can't be made {where}")


def _target(network: Network, node: str, place: str | None) -> str | None:
    """Return the node's own name for the parameter `place`, if it is one of its."""
    for step in network.steps:
        if step.name == node:
            for local, binding in step.bindings.items():
                if binding.parameter == place:
                    return local
    return None
