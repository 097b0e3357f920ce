"""What repaired formulas may be made of: the values, functions and numbers of a network."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.claims.formulas import PREFIX
from gradcheck.edits import Material
from gradcheck.formula import Block
from gradcheck.network.graph import Network


def callables(network: Network) -> dict[str, Callable[..., Array]]:
    """Return the network's activations and their derivatives, as formulas call them."""
    found: dict[str, Callable[..., Array]] = {}
    for node in network.nodes:
        if node.op.function is not None and node.op.slope is not None and not node.bindings:
            found[node.op.name] = _with_options(node.op.function, node.options)
            found[f"{node.op.name}_prime"] = _with_options(node.op.slope, node.options)
    return found


def material(network: Network, block: Block, number: int) -> Material:
    """Return what a formula may be made of at one statement of a block."""
    before = [s.target for s in block.statements[:number] if not s.target.startswith(PREFIX)]
    arrays = [*network.inputs, *(node.name for node in network.nodes)]
    names = [*before, *arrays, network.target, "yhat", *network.parameters]
    functions = callables(network)
    return Material(
        names=tuple(dict.fromkeys(names)),
        coefficients=tuple(dict.fromkeys(penalty.op.name for penalty in network.penalties)),
        functions=tuple(functions),
        slopes=tuple(dict.fromkeys(_slopes(network))),
        counts=tuple(dict.fromkeys(("m", *_numbers(network)))),
        terms=tuple(
            f"{penalty.op.name} * {name}"
            for penalty in network.penalties
            for name in penalty.parameters
        ),
        numpy="",
    )


def _slopes(network: Network) -> Iterator[str]:
    """Yield the derivatives of the network's activations, as they are commonly written."""
    for node in network.nodes:
        if node.op.slope is not None and not node.bindings:
            (z,) = node.inputs
            yield f"{node.op.name}_prime({z})"
            yield f"{node.name} * (1 - {node.name})"
            yield f"(1 - {node.name}**2)"
            yield f"({z} > 0)"


def _numbers(network: Network) -> Iterator[str]:
    """Yield numbers that formulas divide by: shares that are kept, roots of widths."""
    for node in network.nodes:
        for value in node.options.values():
            if isinstance(value, float) and 0 < value < 1:
                yield f"(1 - {value:g})"
                yield f"{value:g}"
    yield from (f"sqrt({width})" for width in widths(network))


def widths(network: Network) -> Iterator[int]:
    """Yield the widths of what layers with several inputs, such as attention, get."""
    shapes = {**network.inputs, **{node.name: node.shape for node in network.nodes}}
    yield from (shapes[node.inputs[0]][-1] for node in network.nodes if len(node.inputs) > 1)


def _with_options(
    call: Callable[..., Array], options: Mapping[str, object]
) -> Callable[..., Array]:
    return lambda z: np.asarray(call(z, **options))
