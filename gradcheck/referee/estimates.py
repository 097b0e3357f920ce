"""Numeric gradients of a problem at one probe, by the oracle that can be trusted there.

The complex step decides where it agrees with differences, which are taken through plain
forward passes along one random direction of every parameter. Where it does not, the
forward pass is not complex-safe and differences decide alone.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric import complex_step, differences
from gradcheck.numeric.estimate import Estimate
from gradcheck.problem import Kink, Moves, Nudge, Probe
from gradcheck.record import record
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.kinks import Interval, interval
from gradcheck.referee.plan import direction_moves, entry_moves
from gradcheck.settings import Method


@record
class Numeric:
    """The numeric gradient at some `entries` (flat) of a parameter, and along one `direction`.

    `along` and `along_bar` are the derivative in that direction; `contradicted` says that two
    oracles disagree there and neither can be believed. `interval` is there where kinks are.
    """

    method: Method
    entries: Array
    value: Array
    bar: Array
    interval: Interval | None
    direction: Array
    along: float
    along_bar: float
    along_kinked: bool
    contradicted: bool = False


@record
class Station:
    """A probe with what it takes to differentiate there."""

    evaluator: Evaluator
    probe: Probe
    kinks: Sequence[Kink]
    rng: np.random.Generator


def numeric(station: Station, name: str, entries: Array, method: Method) -> Numeric:
    """Differentiate the loss by some entries of one parameter."""
    value = station.probe.parameters[name]
    line = direction_moves(name, value.shape, value, station.rng)
    second = _differences(station, line, plain=True)
    if method != "differences" and station.evaluator.problem.complex_safe:
        tiny = replace(line, scale=np.ones(1))
        first = complex_step.estimate(
            station.evaluator.lines(station.probe, tiny), both_sides=bool(station.kinks)
        )
        if _agree(first, second) or second.kinked[0] or first.kinked[0]:
            return _by_complex_step(station, name, entries, line, first)
        if method == "complex_step":
            return _by_complex_step(station, name, entries, line, first, contradicted=True)
    return _by_differences(station, name, entries, line, second)


def values(station: Station, name: str, entries: Array, method: Method) -> Array:
    """Differentiate by some entries with an oracle that is trusted already."""
    steps = method == "complex_step"
    moves = entry_moves(name, entries, station.probe.parameters[name], complex_step=steps)
    if steps:
        lines = station.evaluator.lines(station.probe, moves)
        return complex_step.estimate(lines, both_sides=False).value
    return _differences(station, moves, plain=False, rungs=differences.SHORT).value


def _agree(first: Estimate, second: Estimate) -> bool:
    return bool(np.abs(first.value - second.value)[0] <= (first.bar + second.bar)[0])


def _by_complex_step(
    station: Station,
    name: str,
    entries: Array,
    line: Moves,
    along: Estimate,
    contradicted: bool = False,
) -> Numeric:
    moves = entry_moves(name, entries, station.probe.parameters[name], complex_step=True)

    def differentiate(nudge: Nudge | None) -> Estimate:
        lines = station.evaluator.lines(station.probe, moves, nudge)
        return complex_step.estimate(lines, both_sides=False)

    own = differentiate(None)
    touched = None
    if station.kinks:
        touched = interval(
            station.kinks,
            station.evaluator.problem.node_shape,
            lambda nudge: differentiate(nudge).value,
            own.value,
            station.rng,
        )
    return _assemble("complex_step", entries, own, touched, line, along, contradicted=contradicted)


def _by_differences(
    station: Station, name: str, entries: Array, line: Moves, along: Estimate
) -> Numeric:
    moves = entry_moves(name, entries, station.probe.parameters[name], complex_step=False)
    own = _differences(station, moves, plain=False, rungs=differences.SHORT)
    touched = Interval(
        low=np.where(own.kinked, np.minimum(own.left, own.right) - own.gap_bar, own.value),
        high=np.where(own.kinked, np.maximum(own.left, own.right) + own.gap_bar, own.value),
        open_ended=own.kinked,
    )
    return _assemble("differences", entries, own, touched, line, along)


def _assemble(
    method: Method,
    entries: Array,
    own: Estimate,
    touched: Interval | None,
    line: Moves,
    along: Estimate,
    contradicted: bool = False,
) -> Numeric:
    assert line.directions is not None
    return Numeric(
        method=method,
        entries=entries,
        value=own.value,
        bar=own.bar,
        interval=touched,
        direction=line.directions[0],
        along=float(along.value[0]),
        along_bar=float(along.bar[0]),
        along_kinked=bool(along.kinked[0]),
        contradicted=contradicted,
    )


def _differences(
    station: Station, moves: Moves, *, plain: bool, rungs: Array = differences.LONG
) -> Estimate:
    """Differentiate by differences, in units of the parameter, not of the moves' scale."""
    evaluator, probe = station.evaluator, station.probe
    lines = evaluator.plain_lines(probe, moves) if plain else evaluator.lines(probe, moves)
    noise = np.full(len(moves), evaluator.noise_of(probe, moves))
    return differences.estimate(lines, moves.scale, noise, rungs)
