"""The same network at other sizes: for another number of samples, or with fewer inputs and units.

What is true of a network's formulas is true of them at any size, so they are tried out where
that is cheap. Sizes are made smaller consistently, equal ones to equal ones, so that layers that
fitted together still do.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.network.build import Layer, attach_loss, connect
from gradcheck.network.graph import Network, Node
from gradcheck.problem import Probe

SMALL = 32
"""The size up to which none is made smaller."""

UNIT = 8
"""What reduced sizes are multiples of: heads and groups want to divide them."""


def resized(network: Network, batch: int, data: Mapping[str, Array]) -> Network:
    """Return the network for `batch` samples; `data` are inputs and targets of that size.

    Raises ShapeError where a layer does not allow that number.
    """
    inputs = {name: (batch, *shape[1:]) for name, shape in network.inputs.items()}
    return _rebuilt(network, inputs, [_layer(node) for node in network.nodes], data)


def reduced(
    network: Network, data: Mapping[str, Array], kept: Collection[int] = ()
) -> Network | None:
    """Return the network with its large sizes made small; None where that can't be.

    Sizes of its prediction stay, so that targets do, and those that are to be `kept`.
    """
    shapes = {**network.inputs, **{node.name: node.shape for node in network.nodes}}
    sizes = _smaller(network, {*kept, *shapes[network.prediction]})
    if not sizes:
        return None
    inputs = {name: _mapped(shape, sizes) for name, shape in network.inputs.items()}
    try:
        return _rebuilt(network, inputs, [_layer(node, sizes) for node in network.nodes], data)
    except ShapeError:
        return None


def reduced_probe(probe: Probe, network: Network) -> Probe:
    """Return a probe of the whole network as the reduced one takes it: some entries of each array.

    Targets are as they were.
    """
    shapes = {name: spec.shape for name, spec in network.parameters.items()}
    return replace(
        probe,
        parameters={name: _thinned(v, shapes[name]) for name, v in probe.parameters.items()},
        data={n: _thinned(v, network.inputs.get(n, v.shape)) for n, v in probe.data.items()},
    )


def _smaller(network: Network, kept: Collection[int]) -> dict[int, int]:
    """Return what each large size becomes: as different ones as they are, and new ones."""
    large = sorted({size for size in _sizes(network) if size > SMALL} - {*kept})
    taken = {size for node in network.nodes for size in node.shape}
    free = (size for size in range(2 * UNIT, max(large, default=0), UNIT) if size not in taken)
    return {size: small for size, small in zip(large, free, strict=False) if small < size}


def _sizes(network: Network) -> Iterator[int]:
    """Yield the sizes that a network is declared with, from which all others follow."""
    for shape in network.inputs.values():
        yield from shape[1:]
    for node in network.nodes:
        yield from (node.options[name] for name, option in node.op.options.items() if option.size)


def _mapped(shape: Shape, sizes: Mapping[int, int]) -> Shape:
    return (shape[0], *(sizes.get(size, size) for size in shape[1:]))


def _thinned(array: Array, shape: Shape) -> Array:
    """Return evenly spaced entries along every axis, as many as the shape asks for."""
    if array.shape == shape:
        return array
    every = (np.arange(n) * size // n for n, size in zip(shape, array.shape, strict=True))
    return array[np.ix_(*every)]


def _rebuilt(
    network: Network,
    inputs: Mapping[str, Shape],
    layers: Sequence[Layer],
    data: Mapping[str, Array],
) -> Network:
    """Return the network made anew of other inputs and layers; `data` has its target."""
    nodes, parameters = connect(inputs, layers)
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
    return replace(network, inputs=inputs, nodes=nodes, loss=loss, parameters=parameters)


def _layer(node: Node, sizes: Mapping[int, int] | None = None) -> Layer:
    """Return the layer that a node was made of, with some sizes other ones."""
    share = {
        local: binding.parameter + (".T" if binding.transposed else "")
        for local, binding in node.bindings.items()
        if binding.transposed or binding.parameter != f"{node.name}.{local}"
    }
    declared = {name for name, option in node.op.options.items() if option.size}
    options = {
        name: (sizes or {}).get(value, value) if name in declared else value
        for name, value in node.options.items()
    }
    return Layer(name=node.name, op=node.op, options=options, inputs=node.inputs, share=share)
