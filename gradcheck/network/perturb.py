"""The loss at moved parameters.

Everything that a parameter does not change is taken from one forward pass at the probe. The
layers that own it are run once for each moved value; whatever follows treats samples
alone, so all moved batches go through it as one large batch. Ops that mix samples are run batch by
batch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import chain, islice

import numpy as np

from gradcheck.array import Array
from gradcheck.network.forward import (
    Trace,
    bound,
    inside,
    measured,
    passed,
    penalty,
    run,
    run_all,
    shifted,
    weight,
)
from gradcheck.network.graph import Network, Node
from gradcheck.numeric.shared import Shared
from gradcheck.problem import Moves, Nudge, Probe
from gradcheck.record import record

CHUNK = 2**16
"""Numbers in the widest stacked array: it should stay in the processor's cache."""

POINTS = 64
"""Whole forward passes that are made side by side, where an op wants to be asked all at once."""


@record
class Base:
    """One probe's forward pass, from which moved ones start.

    `measured` keeps what `structure` found by moving one thing in one node, for it is needed more
    than once: by every parameter of a site, for the audit and for the verdict. `shared` keeps the
    real parts that all moved values share.
    """

    network: Network
    trace: Trace
    nudge: Nudge | None
    penalty: float
    shared: Shared
    measured: dict[tuple[str, str, str], tuple[Array, Array]] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """The derivative of the loss by each of its terms."""
        return weight(self.network, self.trace)

    @property
    def shifts(self) -> Mapping[str, Array] | None:
        return self.nudge.shifts if self.nudge else None


def base(network: Network, probe: Probe, nudge: Nudge | None = None) -> Base:
    """Run the network at a probe, ready for `losses`."""
    trace = run(network, probe.parameters, probe.data, nudge.shifts if nudge else None)
    return Base(
        network=network,
        trace=trace,
        nudge=nudge,
        penalty=float(penalty(network, probe.parameters)),
        shared=Shared(
            [*trace.values.values(), *probe.parameters.values(), *chain(*trace.inputs.values())]
        ),
    )


def losses(start: Base, moves: Moves, steps: Array) -> tuple[Array, Array]:
    """Return the loss, and the magnitude of its terms, at every step along every line: (S, K)."""
    values = np.empty((len(steps), len(moves)), dtype=np.result_type(steps, np.float64))
    magnitudes = np.empty(values.shape, dtype=np.complex128)
    nodes = start.network.affected_by(moves.parameter)
    width = max((int(np.prod(node.shape)) for node in nodes), default=1)
    size = max(1, CHUNK // width)
    for row, step in enumerate(steps):
        for first in range(0, len(moves), size):
            part = moves.part(first, first + size)
            value, magnitude = _stacked(start, nodes, part, step)
            values[row, first : first + size] = value
            magnitudes[row, first : first + size] = magnitude
    return values, magnitudes


def _stacked(
    start: Base, nodes: tuple[Node, ...], moves: Moves, step: complex
) -> tuple[Array, Array]:
    """Evaluate all lines at one step: K losses and their magnitudes."""
    network, count = start.network, len(moves)
    values: dict[str, Array] = {}
    for node in nodes:
        owned = any(b.parameter == moves.parameter for b in node.bindings.values())
        if owned or not node.op.samplewise:
            values[node.name] = _one_by_one(start, node, values, moves, step)
        else:
            values[node.name] = _together(start, node, values, count)
    terms = values.get(network.loss.node.name)
    if terms is None:
        terms = np.concatenate([start.trace.terms] * count)
    terms = start.weight * terms.reshape(count, -1)
    extra = np.array([_penalty_change(start, moves, line, step) for line in range(count)])
    rest = network.loss.offset + start.penalty
    magnitude = np.abs(terms.real).sum(axis=1) + 1j * np.abs(terms.imag).sum(axis=1)
    magnitude += np.abs(extra.real) + abs(start.penalty) + 1j * np.abs(extra.imag)
    return terms.sum(axis=1) + (extra + rest), magnitude + abs(network.loss.offset)


def _one_by_one(
    start: Base, node: Node, values: Mapping[str, Array], moves: Moves, step: complex
) -> Array:
    """Run a node once for each moved value of a parameter, on that value's part of the batch."""
    points = _points(start, node, values, moves, step)
    if node.op.together is not None and not inside(node, start.shifts):
        return np.concatenate(node.op.together([*points], node.options))
    return np.concatenate([_output(start, node, *point) for point in points])


def _output(
    start: Base, node: Node, inputs: tuple[Array, ...], parameters: Mapping[str, Array]
) -> Array:
    """Run a node; what it hands on as it is may be moved on before it is used."""
    output = passed(node, inputs, parameters, start.shifts)[0]
    shared = any(np.may_share_memory(output, own) for own in parameters.values())
    return output.copy() if shared else output


def _points(
    start: Base, node: Node, values: Mapping[str, Array], moves: Moves, step: complex
) -> Iterator[tuple[tuple[Array, ...], dict[str, Array]]]:
    """Yield a node's inputs and parameters for each moved value of a parameter.

    Each must be done with before the next one, unless the node wants them all together.
    """
    batch, original = start.network.batch, start.trace.parameters[moves.parameter]
    for k, variant in enumerate(moves.each(original, step)):
        inputs = [
            values[name][k * batch : (k + 1) * batch]
            if name in values
            else start.trace.values[name]
            for name in node.inputs
        ]
        own = variant if node.op.together is None else variant.copy()
        parameters = bound(node, {**start.trace.parameters, moves.parameter: own})
        yield shifted(node, inputs, start.shifts), parameters


def _together(start: Base, node: Node, values: Mapping[str, Array], count: int) -> Array:
    """Run a node once on all moved batches, repeating the inputs that did not move."""
    inputs = [
        values[name] if name in values else np.concatenate([start.trace.values[name]] * count)
        for name in node.inputs
    ]
    shifts = start.shifts
    if shifts and node.name in shifts:
        shifts = {node.name: np.concatenate([shifts[node.name]] * count)}
    moved = shifted(node, inputs, shifts)
    return passed(node, moved, bound(node, start.trace.parameters), shifts)[0]


def _penalty_change(start: Base, moves: Moves, line: int, step: complex) -> complex:
    """Return by how much the regularisers grow when one line is moved."""
    original = start.trace.parameters[moves.parameter]
    change: complex = 0.0
    for p in start.network.penalties_of(moves.parameter):
        shift = (start.shifts or {}).get(p.place(moves.parameter), np.zeros(original.shape))
        if moves.indices is None:
            before, after = original + shift, moves.moved(original + shift, line, step)
        else:
            before = (original + shift).ravel()[moves.indices[line : line + 1]]
            after = before + step * moves.scale[line]
        terms = p.op.forward((after,), {}, {})[0] - p.op.forward((before,), {}, {})[0]
        change += p.weight * np.sum(terms).item()
    return change


def plain(network: Network, probe: Probe, moves: Moves, steps: Array) -> tuple[Array, Array]:
    """Return the same by a whole forward pass for every point, with nothing shared."""
    values = np.empty((len(steps), len(moves)), dtype=np.result_type(steps, np.float64))
    magnitudes = np.empty(values.shape, dtype=np.complex128)
    name, own = moves.parameter, probe.parameters[moves.parameter]
    together = any(node.op.together for node in network.steps)
    moved = (variant for step in steps for variant in moves.each(own, step))
    places = np.ndindex(values.shape)
    while some := [*islice(places, POINTS if together else 1)]:
        points = [
            {**probe.parameters, name: variant.copy() if together else variant}
            for variant in islice(moved, len(some))
        ]
        for place, trace in zip(some, run_all(network, points, probe.data), strict=True):
            values[place], magnitudes[place] = measured(network, trace)
    return values, magnitudes
