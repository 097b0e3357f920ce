"""The same network for another number of samples."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.network.build import Layer, attach_loss, connect
from gradcheck.network.graph import Network, Node


def resized(network: Network, batch: int, data: Mapping[str, Array]) -> Network:
    """Return the network for `batch` samples; `data` are inputs and targets of that size.

    Raises ShapeError where a layer does not allow that number.
    """
    inputs = {name: (batch, *shape[1:]) for name, shape in network.inputs.items()}
    nodes, _ = connect(inputs, [_layer(node) for node in network.nodes])
    shapes = {name: np.shape(value) for name, value in data.items()}
    loss = attach_loss(
        op=network.loss.node.op,
        options=network.loss.node.options,
        prediction=network.prediction,
        target=network.target,
        shapes={**shapes, **{node.name: node.shape for node in nodes}},
        reduction=network.loss.reduction,
        scale=network.loss.scale,
        offset=network.loss.offset,
    )
    return replace(network, inputs=inputs, nodes=nodes, loss=loss)


def _layer(node: Node) -> Layer:
    """Return the layer that a node was made of."""
    share = {
        local: binding.parameter + (".T" if binding.transposed else "")
        for local, binding in node.bindings.items()
        if binding.transposed or binding.parameter != f"{node.name}.{local}"
    }
    return Layer(name=node.name, op=node.op, options=node.options, inputs=node.inputs, share=share)
