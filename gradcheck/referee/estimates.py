"""Numeric gradients of a problem at one probe, by the oracle that can be trusted there."""

from collections.abc import Sequence
from dataclasses import field, replace

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.errors import NotAnalyticError
from gradcheck.numeric import complex_step, differences, directions
from gradcheck.numeric.estimate import EPS, Estimate
from gradcheck.outer import Inner
from gradcheck.problem import Effort, Kink, Moves, Nudge, Probe
from gradcheck.record import record
from gradcheck.referee.blocks import Block, Spread, cut, joined, measure, spread_out
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.gradients import Along, Numeric, Whole
from gradcheck.referee.kinks import Interval, interval, widened
from gradcheck.referee.plan import direction_moves, entry_moves
from gradcheck.settings import Method

WORTH = 32
"""Moves by structure that take no longer than moving one entry, which is seldom worth less."""


@record
class Station:
    """A probe with what it takes to differentiate there, all entries of a parameter by `effort`.

    `spread`, where there is one, measures large numbers of entries elsewhere, as the probe's
    `place` (its number and attempt) allows.
    """

    evaluator: Evaluator
    probe: Probe
    kinks: Sequence[Kink]
    rng: Chance
    effort: Effort = field(default_factory=Effort)
    place: tuple[int, int] = (0, 0)
    spread: Spread | None = None


def numeric(station: Station, name: str, count: int, method: Method) -> Numeric:
    """Differentiate the loss by a parameter: all of it if that can be had, else so many entries."""
    found = _by_complex_step(station, name, None) if method == "complex_step" else None
    if found is not None:
        return found
    shape = station.probe.parameters[name].shape
    size = int(np.prod(shape))
    if count >= size:
        return replace(at_entries(station, name, np.arange(size), method), entries=None)
    found = at_entries(station, name, np.sort(station.rng.sample(size, count)), method)
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
            one = one_by_one(station, name, entries, both_sides=not known)
            if not (np.isfinite(one.value) & np.isfinite(one.left)).all():
                return None
            touched = _touched(station, name, entries, one) if known else _one_sided(one)
            return _numeric("complex_step", entries, one, touched)
        all_of_it = whole(station, name) if known else None
        if all_of_it is None or not _finite(all_of_it.value):
            return None
        touched = _touched(station, name, None, all_of_it)
        return _numeric("complex_step", None, all_of_it, touched)
    except NotAnalyticError:
        return None


def _finite(values: Array | Inner) -> bool:
    """Tell whether all numbers are finite: mostly the sum of their squares shows it at once."""
    if isinstance(values, Inner):
        return values.finite()
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values @ values)) or bool(np.isfinite(values).all())


def _numeric(
    method: Method, entries: Array | None, own: Whole | Estimate, touched: Interval | None
) -> Numeric:
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
    limit = min(station.effort.limit, WORTH * len(entries))
    try:
        found = whole(replace(station, effort=Effort(limit=limit)), name)
        if found is not None:
            return found.value[entries]
        return one_by_one(station, name, entries).value
    except NotAnalyticError:
        return _by_differences(station, name, entries).value


def by_steps(station: Station, line: Moves, stride: float = 1.0) -> Estimate:
    """Differentiate along one line by the complex step of whole forward passes.

    Steps are `stride` times as long as usual.
    """
    tiny = replace(line, scale=np.full(1, stride))
    lines = station.evaluator.plain_lines(station.probe, tiny)
    both_sides = bool(station.kinks) or not station.evaluator.problem.kinks_known
    return complex_step.estimate(lines, both_sides=both_sides).over(stride)


def by_plain_entries(station: Station, name: str, entries: Array, stride: float) -> Estimate:
    """Differentiate by single entries in the same way."""
    moves = Moves(parameter=name, scale=np.full(len(entries), stride), indices=entries)
    lines = station.evaluator.plain_lines(station.probe, moves)
    return complex_step.estimate(lines, both_sides=False).over(stride)


def by_plain_differences(station: Station, line: Moves) -> Estimate:
    """Differentiate along one line by differences of whole forward passes."""
    lines = station.evaluator.plain_lines(station.probe, line)
    noise = np.array([station.evaluator.noise_of(station.probe, line)])
    return differences.estimate(lines, line.scale, noise)


def at_a_glance(station: Station, line: Moves) -> Array:
    """Do the same with one step to either side, and no idea of the error."""
    lines = station.evaluator.plain_lines(station.probe, line)
    return differences.glance(lines, line.scale)


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


def whole(station: Station, name: str, nudge: Nudge | None = None) -> Whole | None:
    """Differentiate by all entries, where the problem's structure allows it.

    Beside a kink, by structure even where each entry should have an evaluation of its own.
    """
    effort = station.effort if nudge is None else replace(station.effort, each=False)
    found = station.evaluator.derivative(station.probe, name, nudge, effort)
    if found is None:
        return None
    bar = found.magnitude * (complex_step.ROUNDING * EPS)
    return Whole(value=found.value, bar=bar)


def one_by_one(
    station: Station,
    name: str,
    entries: Array,
    nudge: Nudge | None = None,
    *,
    both_sides: bool = False,
) -> Estimate:
    """Differentiate by some entries, moving one after the other."""
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


def _touched(
    station: Station, name: str, entries: Array | None, own: Whole | Estimate
) -> Interval | None:
    """Return where gradients may lie at the probe's kinks; None where there is none."""
    shared = [kink for kink in station.kinks if kink.parameter is None]
    single = [kink for kink in station.kinks if kink.parameter == name]
    if not shared and not single:
        return None
    shape = station.probe.parameters[name].shape
    listed = np.arange(int(np.prod(shape))) if entries is None else entries

    def differentiate(nudge: Nudge) -> Array:
        beside = whole(station, name, nudge)
        if beside is None:
            return one_by_one(station, name, listed, nudge).value
        return beside.value[:] if entries is None else beside.value[entries]

    found = interval(shared, differentiate, own.value[:], station.rng)
    if not single:
        return found
    flat = [int(np.ravel_multi_index(kink.index, shape)) for kink in single]
    return widened(found, single, differentiate, own.value[:], touched=np.isin(listed, flat))


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
