"""Where a number that is not finite comes from: the first layer, sample and entry that has one."""

from collections.abc import Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.network.forward import Trace, run
from gradcheck.network.graph import LOSS, Network, Node
from gradcheck.problem import Probe


def trouble(network: Network, probe: Probe) -> str:
    """Say where the first number that is not finite appears on the way to the loss."""
    for what, arrays in (("parameter", probe.parameters), ("data", probe.data)):
        if found := _given(what, arrays):
            return found
    trace = run(network, probe.parameters, probe.data)
    for node in network.steps:
        index = _first(trace.values[node.name])
        if index is not None:
            return _made(node, trace, index)
    return "every term of it is finite, but not their sum"


def _given(what: str, arrays: Mapping[str, Array]) -> str:
    for name, value in arrays.items():
        index = _first(value)
        if index is not None:
            return f"the {what} {name} is {value[index]} at {list(index)}"
    return ""


def _first(value: Array) -> tuple[int, ...] | None:
    bad = np.argwhere(~np.isfinite(value))
    return tuple(int(i) for i in bad[0]) if len(bad) else None


def _made(node: Node, trace: Trace, index: tuple[int, ...]) -> str:
    """Say what a node made, at which entry, of what."""
    given, value = trace.inputs[node.name][0], trace.values[node.name][index]
    place = f"the loss ({node.op.name})" if node.name == LOSS else f"{node.name} ({node.op.name})"
    entry = f", at {list(index)}" if len(index) > 1 else ""
    if given.shape == trace.values[node.name].shape:
        source = f"of {given[index]:.6g}"
    else:
        row = given[index[0]]
        source = f"of numbers from {np.min(row):.6g} to {np.max(row):.6g}"
    return f"{place} makes the first {value} in sample {index[0]}{entry}, {source}"
