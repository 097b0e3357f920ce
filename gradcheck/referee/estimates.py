"""Numeric gradients of a problem at one probe, by the oracle that can be trusted there."""

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
from gradcheck.referee.account import UNBOUNDED
from gradcheck.referee.blocks import Block, Spread, cut, joined, measure, spread_out
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

    `limit` is how many evaluations may be spent on all entries of one parameter. `spread`, where
    there is one, measures large numbers of entries elsewhere, as the probe's `place` (its number
    and attempt) allows.
    """

    evaluator: Evaluator
    probe: Probe
    kinks: Sequence[Kink]
    rng: Chance
    limit: int = UNBOUNDED
    place: tuple[int, int] = (0, 0)
    spread: Spread | None = None


def numeric(station: Station, name: str, entries: Array, method: Method) -> Numeric:
    """Differentiate the loss by a parameter: all of it if that can be had, else `entries`."""
    whole = _by_complex_step(station, name, None) if method == "complex_step" else None
    if whole is not None:
        return whole
    found = at_entries(station, name, entries, method)
    shape = station.probe.parameters[name].shape
    if len(entries) == np.prod(shape):
        return found
    direction = directions.draw(station.rng, shape)
    return replace(found, along=along(station, name, direction, found.method))


def at_entries(station: Station, name: str, entries: Array, method: Method) -> Numeric:
    """Differentiate by some entries, one by one."""
    found = _by_complex_step(station, name, entries) if method == "complex_step" else None
    if found is not None:
        return found
    own = _by_differences(station, name, entries)
    return _numeric("differences", entries, own, _one_sided(own))


def _by_complex_step(station: Station, name: str, entries: Array | None) -> Numeric | None:
    """Differentiate by some entries, or (None) by all at once as the problem's structure allows.

    None where it does not, or complex numbers do not come through: a finite loss may well have
    them overflow.
    """
    known = station.evaluator.problem.kinks_known
    try:
        if entries is not None:
            own = _one_by_one(station, name, entries, None, both_sides=not known)
        else:
            whole = _whole(station, name, None) if known else None
            if whole is None:
                return None
            own, entries = whole, np.arange(len(whole.value))
        if not (np.isfinite(own.value) & np.isfinite(own.left)).all():
            return None
        touched = _touched(station, name, entries, own) if known else _one_sided(own)
    except NotAnalyticError:
        return None
    return _numeric("complex_step", entries, own, touched)


def _numeric(method: Method, entries: Array, own: Estimate, touched: Interval | None) -> Numeric:
    return Numeric(
        method=method,
        entries=entries,
        value=own.value,
        bar=own.bar,
        interval=touched,
        along=None,
    )


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
    return _measured(
        station,
        Block(
            place=station.place,
            parameter=name,
            entries=entries,
            nudge=nudge,
            noise=None,
            both_sides=both_sides,
        ),
    )


def _measured(station: Station, block: Block) -> Estimate:
    evaluator, probe, pieces = station.evaluator, station.probe, cut(block)
    if station.spread is not None and len(pieces) > 1:
        return joined(spread_out(evaluator, probe, pieces, station.spread))
    return joined([measure(evaluator, probe, piece) for piece in pieces])


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
    noise = station.evaluator.noise_of(station.probe, moves)
    return _measured(
        station,
        Block(place=station.place, parameter=name, entries=entries, nudge=None, noise=noise),
    )


def _one_sided(own: Estimate) -> Interval:
    """Return the interval between one-sided differences, where they differ."""
    low, high = np.minimum(own.left, own.right), np.maximum(own.left, own.right)
    return Interval(
        low=np.where(own.kinked, low - own.gap_bar, own.value),
        high=np.where(own.kinked, high + own.gap_bar, own.value),
        open_ended=own.kinked,
    )
