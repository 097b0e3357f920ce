"""Claims by hand-derived formulas over the forward pass's named quantities."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.formula import Block, evaluate_block
from gradcheck.formula.functions import FUNCTIONS
from gradcheck.formula.names import calls
from gradcheck.network.forward import bound, run
from gradcheck.network.graph import LOSS, Network
from gradcheck.op import Op
from gradcheck.problem import Claims, Probe
from gradcheck.record import record
from gradcheck.report import Location

PREFIX = "grad."


@record
class Formulas:
    """The formulas of a config: as parsed, what they may call, and where they stand in the file.

    What they may call depends on the probe, as activations may have parameters. The claims are
    what they assign times `sign`, which is -1 where an update adds it.
    `place(start, end)` gives a stretch of the block, between two lines and columns, as a
    place in the file, whose whole text is `text`.
    """

    block: Block
    functions: Callable[[Probe], Mapping[str, Callable[..., Array]]]
    place: Callable[[tuple[int, int], tuple[int, int]], Location]
    text: str
    sign: float = 1.0


def callables(
    network: Network, block: Block, find: Callable[[str], Op | None]
) -> Callable[[Probe], Mapping[str, Callable[..., Array]]]:
    """Return what the formulas may call at a probe; `find` looks up ops for activations."""
    called = frozenset().union(*(calls(statement.node) for statement in block.statements))
    common = functions(network, find, called)
    return lambda probe: {**common, **_own(network, probe, called)}


def claimant(
    network: Network,
    block: Block,
    known: Callable[[Probe], Mapping[str, Callable[..., Array]]],
) -> Callable[[Sequence[Probe]], list[Claims]]:
    """Return what claims, at each probe, what the formulas assign to `grad.*`.

    `known` gives what they may call.
    """

    def at(probe: Probe) -> Claims:
        assigned = evaluate_block(block, names(network, probe), known(probe))
        return {
            name.removeprefix(PREFIX): value
            for name, value in assigned.items()
            if name.startswith(PREFIX)
        }

    return lambda probes: [at(probe) for probe in probes]


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
    network: Network, find: Callable[[str], Op | None], called: Iterable[str]
) -> dict[str, Callable[..., Array]]:
    """Return the activations and derivatives (`NAME_prime`) among the names that formulas call.

    An activation means what it means in the network, with the options it has there.
    """
    options = {node.op.name: node.options for node in network.nodes}
    found: dict[str, Callable[..., Array]] = {}
    for name in called:
        op = find(name.removesuffix("_prime"))
        if op is None or op.kind != "activation":
            continue
        call = op.slope if name.endswith("_prime") else op.function
        if call is not None:
            found[name] = _with_options(call, options.get(op.name, op.defaults()))
    return found


def _own(
    network: Network, probe: Probe, called: Collection[str]
) -> dict[str, Callable[..., Array]]:
    """Return the functions of the user's own layers, by the layers' names, and their derivatives.

    They may have parameters, which they take from the probe.
    """
    found: dict[str, Callable[..., Array]] = {}
    wanted = {*called} - FUNCTIONS.keys()
    for node in network.nodes:
        if node.op.own:
            settings = {**node.options, **bound(node, probe.parameters)}
            pairs = ((node.name, node.op.function), (f"{node.name}_prime", node.op.slope))
            found |= {name: _with_options(f, settings) for name, f in pairs if f and name in wanted}
    return found


def _with_options(
    call: Callable[..., Array], options: Mapping[str, object]
) -> Callable[..., Array]:
    return lambda z: call(z, **options)
