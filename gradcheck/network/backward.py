"""The analytic backward pass: the chain rule along the graph, and nothing clever.

Faults may be planted in it. Each sees one node, what arrived there and what the right
backward made of it, and may answer with what the wrong one would have.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.network.forward import Trace, bound
from gradcheck.network.graph import Network, Node
from gradcheck.op import Gradients
from gradcheck.record import record


@record
class Plant:
    """A fault to be planted at a node, `target` naming one of the node's own parameters or None."""

    fault: Fault
    node: str
    target: str | None = None


@record
class Backward:
    """The gradients of a backward pass, by parameter and by every other name in the graph."""

    parameters: Mapping[str, Array]
    values: Mapping[str, Array]


def gradients(network: Network, trace: Trace, plants: Sequence[Plant] = ()) -> Backward:
    """Differentiate the loss by every parameter, input and layer's output."""
    upstream: dict[str, Array] = {
        network.loss.node.name: np.full(trace.terms.shape, network.loss.weight)
    }
    totals = {name: np.zeros(spec.shape) for name, spec in network.parameters.items()}
    for node in reversed(network.steps):
        if node.name not in upstream:
            continue
        result = _step(network, trace, node, upstream[node.name], plants)
        for name, gradient in zip(node.inputs, result.inputs, strict=True):
            if gradient is not None:
                upstream[name] = upstream[name] + gradient if name in upstream else gradient
        for local, gradient in result.parameters.items():
            binding = node.bindings[local]
            totals[binding.parameter] += gradient.T if binding.transposed else gradient
    _penalize(network, trace.parameters, totals)
    return Backward(parameters=totals, values=upstream)


def sites(network: Network, trace: Trace) -> list[Site]:
    """Return a site for every node that the gradient reaches, from the loss inwards."""
    found: list[Site] = []
    upstream = gradients(network, trace).values
    for node in reversed(network.steps):
        if node.name in upstream:
            right = node.op.backward(upstream[node.name], trace.caches[node.name])
            found.append(_site(network, trace, node, upstream[node.name], right))
    return found


def _step(
    network: Network, trace: Trace, node: Node, upstream: Array, plants: Sequence[Plant]
) -> Gradients:
    result = node.op.backward(upstream, trace.caches[node.name])
    for plant in plants:
        if plant.node == node.name and plant.fault.inject:
            site = _site(network, trace, node, upstream, result, plant.target)
            result = plant.fault.inject(site) or result
    return result


def _site(
    network: Network,
    trace: Trace,
    node: Node,
    upstream: Array,
    right: Gradients,
    target: str | None = None,
) -> Site:
    return Site(
        node=node.name,
        op=node.op,
        options=node.options,
        inputs=trace.inputs[node.name],
        parameters=bound(node, trace.parameters),
        output=trace.values[node.name],
        cache=trace.caches[node.name],
        upstream=upstream,
        gradients=right,
        batch=network.batch,
        averaged=network.loss.averaged,
        hidden=_hidden(network, node),
        target=target,
    )


def _hidden(network: Network, node: Node) -> bool:
    """Tell whether a layer with parameters lies between a node and the loss."""
    below = {node.name}
    for later in network.nodes:
        if not below.isdisjoint(later.inputs):
            if later.bindings:
                return True
            below.add(later.name)
    return False


def _penalize(network: Network, parameters: Mapping[str, Array], totals: dict[str, Array]) -> None:
    for penalty in network.penalties:
        for name in penalty.parameters:
            terms, cache = penalty.op.forward((parameters[name],), {}, {})
            (gradient,) = penalty.op.backward(np.full(terms.shape, penalty.weight), cache).inputs
            totals[name] += gradient
