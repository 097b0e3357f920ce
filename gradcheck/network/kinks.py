"""Elements that sit on a kink at a probe."""

from collections.abc import Iterator

import numpy as np

from gradcheck.array import Array
from gradcheck.network.forward import run
from gradcheck.network.graph import Network
from gradcheck.op import Op, Options
from gradcheck.problem import Kink, Probe

NEAR = 1e-14
"""Elements nearer than this, relative to their typical size, are on their kink: rounding decides
the side, and so may the code under check."""

NUDGE = 1e-13
"""Relative size of the shift that puts an element on one side: beyond `NEAR`, below notice."""


def kinks(network: Network, probe: Probe) -> list[Kink]:
    """List the elements of ops' first inputs that are on a kink, those of regularisers last."""
    trace = run(network, probe.parameters, probe.data)
    found: list[Kink] = []
    for node in network.steps:
        found += _kinks(node.op, node.name, trace.inputs[node.name], node.options)
    for penalty in network.penalties:
        for name in penalty.parameters:
            own = (probe.parameters[name],)
            found += _kinks(penalty.op, penalty.place(name), own, {}, parameter=name)
    return found


def _kinks(
    op: Op, place: str, inputs: tuple[Array, ...], options: Options, parameter: str | None = None
) -> Iterator[Kink]:
    if op.kinks is None:
        return
    distances = op.kinks(inputs, options)
    typical = float(np.sqrt(np.mean(inputs[0] ** 2))) or 1.0
    size = np.maximum(np.abs(inputs[0]), typical)
    for indices in np.argwhere(np.abs(distances) <= NEAR * size):
        index = tuple(int(i) for i in indices)
        yield Kink(
            node=place,
            index=index,
            size=NUDGE * float(size[index]),
            parameter=parameter,
        )
