"""Why a gradient is zero: where a change of a parameter gets lost on its way to the loss.

Proved by moving the parameter, not by what layers are called: in random directions, first by up to
a thousand times its size, then by a thousandth of it. A layer that is given something else and yet
gives the same is where it is lost.
"""

from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.network.forward import Forward, Trace, penalty, weight
from gradcheck.network.graph import LOSS, Network, Node
from gradcheck.numeric.estimate import EPS
from gradcheck.problem import Lost, Probe

FAR = (1.0, 30.0, 1e3)
"""How far a parameter is moved, in units of its size, each time in another random direction."""

NEAR = (1e-3, 1e-3, 1e-3)
"""How far it is moved to find what only small moves do not change."""

SAME = EPS**0.5
"""What differs by less, in units of its largest number, is the same but for rounding."""

SQUARE = (3.0, 5.0)
"""Between these a change grows for twice the step, if it is in second order: by about 4."""


def lost(network: Network, probe: Probe, parameter: str, forward: Forward) -> Lost | None:
    """Tell why the loss does not change with a parameter; None where it does or nobody knows."""
    nodes = network.affected_by(parameter)
    if not any(node.name == LOSS for node in nodes):
        return None if any(network.penalties_of(parameter)) else Lost(how="unused")
    base = forward(probe.parameters, probe.data)
    far = [_moved(forward, probe, parameter, k, by) for k, by in enumerate(FAR)]
    if place := next(_stops(nodes, parameter, base, far), None):
        return Lost(how="always", place=_named(place), own=_owns(place, parameter))
    if all(_cancelled(trace.terms - base.terms) for trace in far):
        return Lost(how="cancelled")
    near = [_moved(forward, probe, parameter, k, by) for k, by in enumerate(NEAR)]
    if place := next(_stops(nodes, parameter, base, near), None):
        return Lost(how="nearby", place=_named(place), own=_owns(place, parameter))
    square = _square(network, probe, parameter, base, forward)
    return Lost(how="stationary") if square else None


def _moved(forward: Forward, probe: Probe, parameter: str, number: int, distance: float) -> Trace:
    """Run the network with a parameter moved in direction `number`, in units of its size."""
    value = probe.parameters[parameter]
    direction = Chance([crc32(parameter.encode()), number]).normal(size=value.shape)
    size = float(np.sqrt(np.mean(value**2))) or 1.0
    moved = value + distance * size * direction
    return forward({**probe.parameters, parameter: moved}, probe.data)


def _stops(
    nodes: Sequence[Node], parameter: str, base: Trace, traces: Sequence[Trace]
) -> Iterator[Node]:
    """Yield the nodes that feel nothing of what moves before them, where the loss feels nothing."""
    felt = {
        node.name
        for node in nodes
        if not all(_same(base.values[node.name], t.values[node.name]) for t in traces)
    }
    if LOSS in felt:
        return
    for node in nodes:
        if node.name not in felt and (_owns(node, parameter) or not felt.isdisjoint(node.inputs)):
            yield node


def _owns(node: Node, parameter: str) -> bool:
    return any(binding.parameter == parameter for binding in node.bindings.values())


def _named(node: Node) -> str:
    return f"the loss ({node.op.name})" if node.name == LOSS else f"{node.name!r} ({node.op.name})"


def _same(one: Array, other: Array) -> bool:
    size = float(np.max(np.abs(one), initial=0.0))
    return bool(np.max(np.abs(one - other), initial=0.0) <= SAME * size)


def _cancelled(change: Array) -> bool:
    return bool(abs(change.sum()) <= SAME * np.abs(change).sum())


def _square(network: Network, probe: Probe, parameter: str, base: Trace, forward: Forward) -> bool:
    """Tell whether the loss changes with the square of the distance."""
    for number, by in enumerate(NEAR):
        once, twice = (
            abs(_change(network, base, _moved(forward, probe, parameter, number, distance)))
            for distance in (by, 2 * by)
        )
        if not 0 < SQUARE[0] * once <= twice <= SQUARE[1] * once:
            return False
    return True


def _change(network: Network, base: Trace, trace: Trace) -> float:
    """Return by how much the loss changes, its offset left aside."""
    data = weight(network, base) * (trace.terms - base.terms).sum()
    before, after = (penalty(network, t.parameters) for t in (base, trace))
    return float(data + after - before)
