"""Numeric gradients of a problem at one probe, by the oracle that can be trusted there.

The complex step decides where it agrees with differences, which are taken through plain
forward passes along one random direction of every parameter. Where it does not, the
forward pass is not complex-safe and differences decide alone.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import InternalError
from gradcheck.numeric import complex_step, differences
from gradcheck.numeric.estimate import Estimate
from gradcheck.problem import Kink, Moves, Nudge, Probe
from gradcheck.record import record
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.kinks import Interval, interval
from gradcheck.referee.plan import direction_moves, entry_moves
from gradcheck.settings import Method

FEW = 32
"""Entries so few that moving them one by one is no slower than all of them by structure."""

SLACK = 1e3
"""How many bars two ways of adding up the same terms may be apart: conditioning within the
network is in neither bar."""


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
    """A probe with what it takes to differentiate there.

    `limit` is how many evaluations may be spent on all entries of one parameter.
    """

    evaluator: Evaluator
    probe: Probe
    kinks: Sequence[Kink]
    rng: np.random.Generator
    limit: int = sys.maxsize


def numeric(station: Station, name: str, entries: Array, method: Method) -> Numeric:
    """Differentiate the loss by a parameter: all of it if that can be had, else `entries`."""
    value = station.probe.parameters[name]
    line = direction_moves(name, value.shape, value, station.rng)
    second = _differences(station, line, plain=True)
    if method != "differences" and station.evaluator.problem.complex_safe:
        first = _along(station, line)
        trusted = _agree(first, second) or bool(second.kinked[0] or first.kinked[0])
        if trusted or method == "complex_step":
            return _by_complex_step(station, name, entries, line, first, contradicted=not trusted)
    return _by_differences(station, name, entries, line, second)


def values(station: Station, name: str, entries: Array, method: Method) -> Array:
    """Differentiate by some entries with an oracle that is trusted already."""
    if method == "complex_step":
        whole = _whole(station, name, None) if len(entries) > FEW else None
        if whole is not None:
            return whole.value[entries]
        return _one_by_one(station, name, entries, None).value
    moves = entry_moves(name, entries, station.probe.parameters[name], complex_step=False)
    return _differences(station, moves, plain=False, rungs=differences.SHORT).value


def _along(station: Station, line: Moves) -> Estimate:
    tiny = replace(line, scale=np.ones(1))
    lines = station.evaluator.lines(station.probe, tiny)
    return complex_step.estimate(lines, both_sides=bool(station.kinks))


def _whole(station: Station, name: str, nudge: Nudge | None) -> Estimate | None:
    """Differentiate by all entries at once, where the problem's structure allows it."""
    found = station.evaluator.derivative(station.probe, name, nudge, station.limit)
    if found is None:
        return None
    return complex_step.from_terms(found.value.ravel(), found.magnitude.ravel())


def _one_by_one(station: Station, name: str, entries: Array, nudge: Nudge | None) -> Estimate:
    moves = entry_moves(name, entries, station.probe.parameters[name], complex_step=True)
    lines = station.evaluator.lines(station.probe, moves, nudge)
    return complex_step.estimate(lines, both_sides=False)


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
    own = _whole(station, name, None)
    if own is not None:
        entries = np.arange(len(own.value))
        _prove(name, own, line, along)
    else:
        own = _one_by_one(station, name, entries, None)

    def differentiate(nudge: Nudge) -> Array:
        whole = _whole(station, name, nudge)
        if whole is None:
            return _one_by_one(station, name, entries, nudge).value
        return whole.value[entries]

    touched = None
    if station.kinks:
        shape_of = station.evaluator.problem.node_shape
        touched = interval(station.kinks, shape_of, differentiate, own.value, station.rng)
    return _assemble("complex_step", entries, own, touched, line, along, contradicted=contradicted)


def _prove(name: str, own: Estimate, line: Moves, along: Estimate) -> None:
    """Hold a gradient had by structure against the loss moved along a direction, the plain way."""
    assert line.directions is not None
    direction = line.directions[0].ravel()
    total, bar = float(own.value @ direction), float(own.bar @ np.abs(direction))
    apart = abs(total - float(along.value[0]))
    if apart > SLACK * (bar + float(along.bar[0])) and not along.kinked[0]:
        raise InternalError(
            f"{name}: the gradient by structure gives {total!r} along a direction in which the "
            f"loss itself gives {float(along.value[0])!r}; this is a defect of gradcheck, please "
            "report it with this config"
        )


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
