"""The analytic backward pass: the chain rule along the graph, and nothing clever."""

from collections.abc import Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.network.forward import Trace, weight
from gradcheck.network.graph import Network
from gradcheck.record import record


@record
class Backward:
    """The gradients of a backward pass, by parameter and by every other name in the graph."""

    parameters: Mapping[str, Array]
    values: Mapping[str, Array]


def gradients(network: Network, trace: Trace) -> Backward:
    """Differentiate the loss by every parameter, input and layer's output."""
    upstream: dict[str, Array] = {
        network.loss.node.name: np.full(trace.terms.shape, weight(network, trace))
    }
    totals = {name: np.zeros(spec.shape) for name, spec in network.parameters.items()}
    for node in reversed(network.steps):
        if node.name not in upstream:
            continue
        result = node.op.backward(upstream[node.name], trace.caches[node.name])
        for name, gradient in zip(node.inputs, result.inputs, strict=True):
            if gradient is not None:
                upstream[name] = upstream[name] + gradient if name in upstream else gradient
        for local, gradient in result.parameters.items():
            binding = node.bindings[local]
            totals[binding.parameter] += gradient.T if binding.transposed else gradient
    _penalize(network, trace.parameters, totals)
    return Backward(parameters=totals, values=upstream)


def _penalize(network: Network, parameters: Mapping[str, Array], totals: dict[str, Array]) -> None:
    for penalty in network.penalties:
        for name in penalty.parameters:
            terms, cache = penalty.op.forward((parameters[name],), {}, {})
            (gradient,) = penalty.op.backward(np.full(terms.shape, penalty.weight), cache).inputs
            totals[name] += gradient
