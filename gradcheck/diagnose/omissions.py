"""Pieces that may be missing from a network: layers without a bias beside layers with one."""

from collections.abc import Iterator

from gradcheck.network.graph import Network, Node


def without_bias(network: Network) -> tuple[str, ...]:
    """Name the layers that have weights but no bias, where layers of the same kind have both.

    A layer whose output is centred by a normalisation behind it needs none and is not named.
    """
    with_bias = {node.op.name for node in network.nodes if _has(network, node, "bias")}
    return tuple(
        node.name
        for node in network.nodes
        if node.op.name in with_bias
        and _has(network, node, "weight")
        and not _has(network, node, "bias")
        and not any("norm" in taker.op.name for taker in _takers(network, node))
    )


def _has(network: Network, node: Node, role: str) -> bool:
    names = [binding.parameter for binding in node.bindings.values()]
    return any(network.parameters[name].role == role for name in names)


def _takers(network: Network, node: Node) -> Iterator[Node]:
    return (taker for taker in network.steps if node.name in taker.inputs)
