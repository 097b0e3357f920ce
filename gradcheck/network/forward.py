"""The forward pass."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.network.graph import LOSS, Network, Node
from gradcheck.record import record


@record
class Trace:
    """A forward pass: every named array, every node's inputs and cache, and the loss's terms.

    `averaged` is the number by which the loss divides the sum of its terms.
    """

    parameters: Mapping[str, Array]
    values: Mapping[str, Array]
    inputs: Mapping[str, tuple[Array, ...]]
    caches: Mapping[str, Any]
    averaged: float

    @property
    def terms(self) -> Array:
        return self.values[LOSS]


Forward: TypeAlias = Callable[[Mapping[str, Array], Mapping[str, Array]], Trace]
"""Runs a network at parameters and data."""


def run(
    network: Network,
    parameters: Mapping[str, Array],
    data: Mapping[str, Array],
    shifts: Mapping[str, Array] | None = None,
) -> Trace:
    """Run the network; `shifts` are added to what has the kinks of the nodes that they name.

    Raises NumericError where the loss's mean is over nothing.
    """
    values = dict(data)
    inputs: dict[str, tuple[Array, ...]] = {}
    caches: dict[str, Any] = {}
    for node in network.steps:
        inputs[node.name] = shifted(node, [values[name] for name in node.inputs], shifts)
        values[node.name], caches[node.name] = passed(
            node, inputs[node.name], bound(node, parameters), shifts
        )
    return Trace(
        parameters=parameters,
        values=values,
        inputs=inputs,
        caches=caches,
        averaged=network.loss.averaged(inputs[LOSS]),
    )


def run_all(
    network: Network, points: Sequence[Mapping[str, Array]], data: Mapping[str, Array]
) -> list[Trace]:
    """Run the network for several parameters; ops that can are asked for all of them at once."""
    if len(points) == 1:
        return [run(network, points[0], data)]
    values = [dict(data) for _ in points]
    for node in network.steps:
        given = [
            (tuple(own[name] for name in node.inputs), bound(node, parameters))
            for own, parameters in zip(values, points, strict=True)
        ]
        if node.op.together is not None:
            outputs = node.op.together(given, node.options)
        else:
            outputs = [node.op.forward(*point, node.options)[0] for point in given]
        for own, output in zip(values, outputs, strict=True):
            own[node.name] = output
    return [
        Trace(
            parameters=parameters,
            values=own,
            inputs={},
            caches={},
            averaged=network.loss.averaged([own[name] for name in network.loss.node.inputs]),
        )
        for own, parameters in zip(values, points, strict=True)
    ]


def bound(node: Node, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return a node's parameters by the names that its op gives them."""
    return {name: binding.read(parameters) for name, binding in node.bindings.items()}


def shifted(
    node: Node, inputs: list[Array], shifts: Mapping[str, Array] | None
) -> tuple[Array, ...]:
    """Return the node's inputs, the first one moved by the node's shift if that is for inputs."""
    if shifts and node.name in shifts and node.op.kinked is None:
        inputs[0] = inputs[0] + shifts[node.name]
    return tuple(inputs)


def inside(node: Node, shifts: Mapping[str, Array] | None) -> dict[str, Array]:
    """Return the node's shift by the site within its op that it is for, if it is for one."""
    if not shifts or node.name not in shifts or node.op.kinked is None:
        return {}
    return {node.op.kinked: shifts[node.name]}


def passed(
    node: Node,
    inputs: tuple[Array, ...],
    parameters: Mapping[str, Array],
    shifts: Mapping[str, Array] | None,
) -> tuple[Array, Any]:
    """Run a node at inputs that are `shifted` already; with a shift inside there is no cache."""
    within = inside(node, shifts)
    if within and node.op.shifted is not None:
        return node.op.shifted(inputs, parameters, node.options, within), None
    return node.op.forward(inputs, parameters, node.options)


def penalty(network: Network, parameters: Mapping[str, Array]) -> Any:
    """Return what all regularisers together add to the loss, complex if a parameter is."""
    return sum(
        p.weight * np.sum(p.op.forward((parameters[name],), {}, {})[0])
        for p in network.penalties
        for name in p.parameters
    )


def weight(network: Network, trace: Trace) -> float:
    """Return the derivative of the loss by each of its terms."""
    return network.loss.scale / trace.averaged


def loss(network: Network, trace: Trace) -> Any:
    """Return the loss of a forward pass, complex if a parameter is."""
    return measured(network, trace)[0]


def measured(network: Network, trace: Trace) -> tuple[Any, complex]:
    """Return the loss, and the sum of its absolute terms, real and imaginary parts apart."""
    terms, extra = weight(network, trace) * trace.terms, penalty(network, trace.parameters)
    size = float(np.abs(terms.real).sum()) + abs(extra.real) + abs(network.loss.offset)
    imaginary = float(np.abs(terms.imag).sum()) + abs(extra.imag)
    return terms.sum() + (extra + network.loss.offset), size + 1j * imaginary
