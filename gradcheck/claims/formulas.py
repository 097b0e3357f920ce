"""Claims by hand-derived formulas over the forward pass's named quantities."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.formula import Block, evaluate_block
from gradcheck.network.forward import run
from gradcheck.network.graph import LOSS, Network
from gradcheck.op import Op
from gradcheck.problem import Claims, Probe
from gradcheck.record import record
from gradcheck.report import Location

PREFIX = "grad."


@record
class Formulas:
    """The formulas of a config: as parsed, what they may call, and where they stand in the file.

    `place(start, end)` gives a stretch of the block, between two lines and columns, as a
    place in the file, whose whole text is `text`.
    """

    block: Block
    functions: Mapping[str, Callable[..., Array]]
    place: Callable[[tuple[int, int], tuple[int, int]], Location]
    text: str


def claimant(
    network: Network, block: Block, functions: Mapping[str, Callable[..., Array]]
) -> Callable[[Sequence[Probe]], list[Claims]]:
    """Return what claims, at each probe, what the formulas assign to `grad.*`."""

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        return [
            {
                name.removeprefix(PREFIX): value
                for name, value in evaluate_block(block, names(network, p), functions).items()
                if name.startswith(PREFIX)
            }
            for p in probes
        ]

    return claims


def names(network: Network, probe: Probe) -> dict[str, Array]:
    """Return all that formulas may speak of: data, outputs, parameters, yhat, m, l1 and l2."""
    trace = run(network, probe.parameters, probe.data)
    values = {name: value for name, value in trace.values.items() if name != LOSS}
    strengths = {p.op.name: np.asarray(p.strength) for p in network.penalties}
    return {
        **values,
        **probe.parameters,
        **strengths,
        "yhat": values[network.prediction],
        "m": np.asarray(float(network.batch)),
    }


def functions(
    network: Network, find: Callable[[str], Op | None], calls: Iterable[str]
) -> dict[str, Callable[..., Array]]:
    """Return the activations and derivatives (`NAME_prime`) among the names that formulas call.

    An activation means what it means in the network, with the options it has there.
    """
    options = {node.op.name: node.options for node in network.nodes}
    found: dict[str, Callable[..., Array]] = {}
    for name in calls:
        op = find(name.removesuffix("_prime"))
        if op is None or op.kind != "activation":
            continue
        call = op.slope if name.endswith("_prime") else op.function
        if call is not None:
            found[name] = _with_options(call, options.get(op.name, op.defaults()))
    return found


def _with_options(
    call: Callable[..., Array], options: Mapping[str, object]
) -> Callable[..., Array]:
    return lambda z: call(z, **options)
