"""What repaired formulas may be made of: the values, functions and numbers of a network."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from gradcheck.array import Array
from gradcheck.claims.formulas import PREFIX
from gradcheck.edits import Material
from gradcheck.formula import Block
from gradcheck.network.graph import Network

_PENALTIES = ("{c} * {w}", "{c} * sign({w})", "2 * {c} * {w}")
"""What penalties add to a gradient, as commonly written; which of them it is, trying tells."""


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
    target = block.statements[number].target.removeprefix(PREFIX)
    before = [s.target for s in block.statements[:number] if not s.target.startswith(PREFIX)]
    before = [*dict.fromkeys(before)]
    arrays = [*network.inputs, *(node.name for node in network.nodes)]
    names = [*before, *arrays, network.target, "yhat", *network.parameters]
    return Material(
        names=tuple(dict.fromkeys(names)),
        strengths=tuple(dict.fromkeys(penalty.op.name for penalty in network.penalties)),
        functions=tuple(callables(network)),
        slopes=tuple(dict.fromkeys((*_slopes(network), *_arriving(network, before)))),
        counts=tuple(dict.fromkeys(("m", *_numbers(network), "yhat.size"))),
        terms=tuple(dict.fromkeys(term for each in _penalties(network, target) for term in each)),
        products=tuple(_wholes(network, target, before)),
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


def _arriving(network: Network, before: Sequence[str]) -> Iterator[str]:
    """Yield derivatives by what layers give, as they are commonly written: what may be lost."""
    for delta in before:
        yield from (f"({delta} @ {name}.T)" for name in _matrices(network))
    yield from (f"(yhat - {network.target})", f"({network.target} - yhat)")


def _penalties(network: Network, target: str) -> Iterator[list[str]]:
    """Yield what each penalty may add to a gradient."""
    for name in [target] if target in network.parameters else network.parameters:
        for penalty in network.penalties:
            if name in penalty.parameters:
                forms = [form.format(c=penalty.op.name, w=name) for form in _PENALTIES]
                yield [f"{form}{mean}" for mean in ("", " / m") for form in forms]


def _wholes(network: Network, target: str, before: Sequence[str]) -> Iterator[str]:
    """Yield what may be all that penalties add to a gradient, or all that comes from a layer."""
    if target not in network.parameters:
        return
    shares = [*_penalties(network, target)]
    if len(shares) > 1:
        yield from (" + ".join(each) for each in product(*shares))
    if target in _matrices(network):
        values = [*network.inputs, *(node.name for node in network.nodes)]
        yield from (f"{value}.T @ {delta}" for delta in before for value in values)


def _matrices(network: Network) -> list[str]:
    return [name for name, spec in network.parameters.items() if len(spec.shape) == 2]


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
