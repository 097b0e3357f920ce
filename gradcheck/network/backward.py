"""The analytic backward pass: the chain rule along the graph, and nothing clever."""

from collections.abc import Collection, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.network.forward import Trace, weight
from gradcheck.network.graph import Network, Node
from gradcheck.op import Gradients
from gradcheck.record import record


@record
class Backward:
    """The gradients of a backward pass, by parameter, layer's output and input that was wanted."""

    parameters: Mapping[str, Array]
    values: Mapping[str, Array]


def gradients(network: Network, trace: Trace, inputs: Collection[str] = ()) -> Backward:
    """Differentiate the loss by every parameter and layer's output, and by some inputs."""
    upstream: dict[str, Array] = {
        network.loss.node.name: np.full(trace.terms.shape, weight(network, trace))
    }
    totals: dict[str, Array] = {}
    unwanted = frozenset(network.inputs).difference(inputs)
    for node in reversed(network.steps):
        if node.name not in upstream:
            continue
        result = _passed(node, upstream[node.name], trace, unwanted)
        for name, gradient in zip(node.inputs, result.inputs, strict=True):
            if gradient is not None:
                _add(upstream, name, gradient)
        for local, gradient in result.parameters.items():
            binding = node.bindings[local]
            _add(totals, binding.parameter, gradient.T if binding.transposed else gradient)
    _penalize(network, trace.parameters, totals)
    parameters = {
        name: totals[name] if name in totals else np.zeros(spec.shape)
        for name, spec in network.parameters.items()
    }
    return Backward(parameters=parameters, values=upstream)


def _passed(node: Node, dy: Array, trace: Trace, unwanted: frozenset[str]) -> Gradients:
    """Pass a gradient back through a node, as far as somebody wants it."""
    cache = trace.caches[node.name]
    if node.op.ending is None or not unwanted.issuperset(node.inputs):
        return node.op.backward(dy, cache)
    return Gradients(inputs=(None,) * len(node.inputs), parameters=node.op.ending(dy, cache))


def _add(totals: dict[str, Array], name: str, gradient: Array) -> None:
    totals[name] = totals[name] + gradient if name in totals else gradient


def _penalize(network: Network, parameters: Mapping[str, Array], totals: dict[str, Array]) -> None:
    for penalty in network.penalties:
        for name in penalty.parameters:
            terms, cache = penalty.op.forward((parameters[name],), {}, {})
            (gradient,) = penalty.op.backward(np.full(terms.shape, penalty.weight), cache).inputs
            assert gradient is not None
            _add(totals, name, gradient)
