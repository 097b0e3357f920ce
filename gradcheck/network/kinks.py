"""Elements that sit on a kink at a probe."""

import numpy as np

from gradcheck.network.forward import run
from gradcheck.network.graph import Network
from gradcheck.problem import Kink, Probe

NEAR = 1e-14
"""Elements nearer than this, relative to their typical size, are on their kink: rounding decides
the side, and so may the code under check."""

NUDGE = 1e-13
"""Relative size of the shift that puts an element on one side: beyond `NEAR`, below notice."""


def kinks(network: Network, probe: Probe) -> list[Kink]:
    """List the elements of ops' first inputs that are on a kink, node by node."""
    trace = run(network, probe.parameters, probe.data)
    found: list[Kink] = []
    for node in network.steps:
        if node.op.kinks is None:
            continue
        inputs = trace.inputs[node.name]
        distances = node.op.kinks(inputs, node.options)
        typical = float(np.sqrt(np.mean(inputs[0] ** 2))) or 1.0
        size = np.maximum(np.abs(inputs[0]), typical)
        for index in np.argwhere(np.abs(distances) <= NEAR * size):
            place = tuple(int(i) for i in index)
            found.append(
                Kink(
                    node=node.name,
                    index=place,
                    distance=float(distances[place]),
                    size=NUDGE * float(size[place]),
                )
            )
    return found
