"""Users: which nodes take a value, and which places of a backward pass use a parameter."""

from collections.abc import Mapping, Sequence

from gradcheck.fault import Site
from gradcheck.network.graph import Network


def takers(network: Network) -> dict[str, list[tuple[str, int]]]:
    """Return, for every value, the nodes that take it and as which of their inputs."""
    found: dict[str, list[tuple[str, int]]] = {}
    for node in network.steps:
        for k, name in enumerate(node.inputs):
            found.setdefault(name, []).append((node.name, k))
    return found


def users(network: Network, sites: Mapping[str, Site]) -> dict[str, list[tuple[int, str]]]:
    """Return, for every parameter, the sites that use it and their places in the pass."""
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in network.parameters}
    reached = [name for name in sites if any(name == node.name for node in network.steps)]
    bindings = {node.name: node.bindings.values() for node in network.steps}
    for place, name in enumerate(reached):
        for parameter in {binding.parameter for binding in bindings[name]}:
            found[parameter].append((place, name))
    for penalty in network.penalties:
        for parameter in penalty.parameters:
            found[parameter].append((-1, penalty.place(parameter)))
    return found


def last(users: Sequence[tuple[int, str]]) -> int:
    """Return the place after which a parameter's gradient is complete; penalties have -1."""
    return max((place for place, _ in users), default=-1)


def due(users: Mapping[str, list[tuple[int, str]]]) -> dict[int, list[str]]:
    """Return which parameters are complete after each place of the pass."""
    found: dict[int, list[str]] = {}
    for parameter, places in users.items():
        found.setdefault(last(places), []).append(parameter)
    return found
