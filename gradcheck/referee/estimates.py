"""Numeric gradients of a problem at one probe, by the oracle that can be trusted there."""

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.errors import NotAnalyticError
from gradcheck.numeric import complex_step, differences, directions
from gradcheck.numeric.estimate import Estimate
from gradcheck.problem import Kink, Moves, Nudge, Probe
from gradcheck.record import record
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.kinks import Interval, interval, widened
from gradcheck.referee.plan import direction_moves, entry_moves
from gradcheck.settings import Method

FEW = 32
"""Entries so few that moving them one by one is no slower than all of them by structure."""


@record
class Along:
    """The derivative along one random `direction` of a parameter, and how sure it is."""

    direction: Array
    value: float
    bar: float
    kinked: bool


@record
class Numeric:
    """The numeric gradient at some `entries` (flat) of a parameter.

    `interval` is there where kinks are; `along` where `entries` are not all.
    """

    method: Method
    entries: Array
    value: Array
    bar: Array
    interval: Interval | None
    along: Along | None


@record
class Station:
    """A probe with what it takes to differentiate there.

    `limit` is how many evaluations may be spent on all entries of one parameter.
    """

    evaluator: Evaluator
    probe: Probe
    kinks: Sequence[Kink]
    rng: Chance
    limit: int = sys.maxsize


def numeric(station: Station, name: str, entries: Array, method: Method) -> Numeric:
    """Differentiate the loss by a parameter: all of it if that can be had, else `entries`."""
    found = _by_complex_step(station, name, entries) if method == "complex_step" else None
    if found is None:
        method, own = "differences", _by_differences(station, name, entries)
        touched: Interval | None = _one_sided(own)
    else:
        entries, own, touched = found
    shape = station.probe.parameters[name].shape
    rest = len(entries) < np.prod(shape)
    return Numeric(
        method=method,
        entries=entries,
        value=own.value,
        bar=own.bar,
        interval=touched,
        along=along(station, name, directions.draw(station.rng, shape), method) if rest else None,
    )


def _by_complex_step(
    station: Station, name: str, entries: Array
) -> tuple[Array, Estimate, Interval | None] | None:
    """Return the entries that could be had, their derivatives and where these lie at kinks.

    None where complex numbers do not come through: a finite loss may well have them overflow.
    """
    known = station.evaluator.problem.kinks_known
    try:
        whole = _whole(station, name, None) if known else None
        if whole is not None:
            entries = np.arange(len(whole.value))
        own = whole or _one_by_one(station, name, entries, None, both_sides=not known)
        if not (np.isfinite(own.value) & np.isfinite(own.left)).all():
            return None
        return entries, own, _touched(station, name, entries, own) if known else _one_sided(own)
    except NotAnalyticError:
        return None


def values(station: Station, name: str, entries: Array, method: Method) -> Array:
    """Differentiate by some entries, and nothing else."""
    if method == "differences":
        return _by_differences(station, name, entries).value
    try:
        whole = _whole(station, name, None) if len(entries) > FEW else None
        if whole is not None:
            return whole.value[entries]
        return _one_by_one(station, name, entries, None).value
    except NotAnalyticError:
        return _by_differences(station, name, entries).value


def by_steps(station: Station, line: Moves) -> Estimate:
    """Differentiate along one line by the complex step."""
    tiny = replace(line, scale=np.ones(1))
    lines = station.evaluator.lines(station.probe, tiny)
    both_sides = bool(station.kinks) or not station.evaluator.problem.kinks_known
    return complex_step.estimate(lines, both_sides=both_sides)


def by_plain_differences(station: Station, line: Moves) -> Estimate:
    """Differentiate along one line by differences of whole forward passes."""
    lines = station.evaluator.plain_lines(station.probe, line)
    noise = np.array([station.evaluator.noise_of(station.probe, line)])
    return differences.estimate(lines, line.scale, noise)


def along(station: Station, name: str, direction: Array, method: Method) -> Along:
    """Differentiate along a direction through a parameter."""
    line = direction_moves(name, direction, station.probe.parameters[name])
    try:
        steps = by_steps if method == "complex_step" else by_plain_differences
        found = steps(station, line)
    except NotAnalyticError:
        found = by_plain_differences(station, line)
    return Along(
        direction=direction,
        value=float(found.value[0]),
        bar=float(found.bar[0]),
        kinked=bool(found.kinked[0]),
    )


def _whole(station: Station, name: str, nudge: Nudge | None) -> Estimate | None:
    """Differentiate by all entries at once, where the problem's structure allows it."""
    found = station.evaluator.derivative(station.probe, name, nudge, station.limit)
    if found is None:
        return None
    return complex_step.from_terms(found.value.ravel(), found.magnitude.ravel())


def _one_by_one(
    station: Station, name: str, entries: Array, nudge: Nudge | None, *, both_sides: bool = False
) -> Estimate:
    moves = entry_moves(name, entries, station.probe.parameters[name], complex_step=True)
    lines = station.evaluator.lines(station.probe, moves, nudge)
    return complex_step.estimate(lines, both_sides=both_sides)


def _touched(station: Station, name: str, entries: Array, own: Estimate) -> Interval | None:
    """Return where gradients may lie at the probe's kinks; None where there is none."""
    shared = [kink for kink in station.kinks if kink.parameter is None]
    single = [kink for kink in station.kinks if kink.parameter == name]
    if not shared and not single:
        return None

    def differentiate(nudge: Nudge) -> Array:
        whole = _whole(station, name, nudge)
        if whole is None:
            return _one_by_one(station, name, entries, nudge).value
        return whole.value[entries]

    shape_of = station.evaluator.problem.node_shape
    found = interval(shared, shape_of, differentiate, own.value, station.rng)
    if not single:
        return found
    shape = station.probe.parameters[name].shape
    flat = [int(np.ravel_multi_index(kink.index, shape)) for kink in single]
    return widened(
        found, single, shape_of, differentiate, own.value, touched=np.isin(entries, flat)
    )


def _by_differences(station: Station, name: str, entries: Array) -> Estimate:
    moves = entry_moves(name, entries, station.probe.parameters[name], complex_step=False)
    lines = station.evaluator.lines(station.probe, moves)
    noise = np.full(len(moves), station.evaluator.noise_of(station.probe, moves))
    return differences.estimate(lines, moves.scale, noise, differences.SHORT)


def _one_sided(own: Estimate) -> Interval:
    """Return the interval between one-sided differences, where they differ."""
    low, high = np.minimum(own.left, own.right), np.maximum(own.left, own.right)
    return Interval(
        low=np.where(own.kinked, low - own.gap_bar, own.value),
        high=np.where(own.kinked, high + own.gap_bar, own.value),
        open_ended=own.kinked,
    )
