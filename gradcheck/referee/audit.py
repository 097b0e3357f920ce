"""The audit: which oracle is to be trusted with a parameter, and whether shortcuts are sound.

Along one random direction of every parameter the complex step must agree with differences of
whole forward passes: where it does not, the forward pass is not complex-safe, and
differences decide alone. And what the problem's structure gives for all entries at once must be
what whole forward passes give for a few of them and for the direction.
"""

from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import InternalError
from gradcheck.numeric import complex_step, directions
from gradcheck.numeric.estimate import EPS, Estimate
from gradcheck.problem import Moves, Probe
from gradcheck.record import record
from gradcheck.referee.doubt import SAFETY
from gradcheck.referee.estimates import Station, by_plain_differences, by_steps
from gradcheck.referee.judge import zero_below
from gradcheck.referee.plan import direction_moves, entry_moves
from gradcheck.settings import Method

ENTRIES = 16
"""Entries of each parameter that are moved through whole forward passes."""

SLACK = 1e3
"""How many bars two ways of adding up the same terms may be apart: conditioning within the
network is in neither bar. A wrong shortcut is off by far more."""

JITTERED = 4
"""Points at which a suspicious shortcut is tried again."""


@record
class Trust:
    """The oracle for one parameter; `contradicted` where the one that was asked for is refuted.

    Where the oracles disagree it is along `line` at `probe`, with the complex step's `slope`.
    """

    method: Method
    contradicted: bool = False
    line: Moves | None = None
    probe: Probe | None = None
    slope: float = 0.0


def audit(station: Station, name: str, method: Method) -> Trust:
    """Choose a parameter's oracle and prove the shortcuts to its gradient.

    Raises InternalError where a shortcut is refuted.
    """
    if method == "differences" or not station.evaluator.problem.complex_safe:
        return Trust(method="differences")
    value = station.probe.parameters[name]
    line = direction_moves(name, directions.draw(station.rng, value.shape), value)
    first, second = by_steps(station, line), by_plain_differences(station, line)
    if not (_agree(first, second) or first.kinked[0] or second.kinked[0]):
        only = method == "complex_step"
        return Trust(
            method=method if only else "differences",
            contradicted=only,
            line=line,
            probe=station.probe,
            slope=float(first.value[0]),
        )
    if not station.kinks:
        _prove(station, name, line)
    return Trust(method="complex_step")


def _agree(first: Estimate, second: Estimate) -> bool:
    return bool(np.abs(first.value - second.value)[0] <= (first.bar + second.bar)[0])


@record
class _Held:
    """A gradient by structure held against plain forward passes: along a direction, by entries."""

    shortcut: Array
    plain: Array
    bar: Array

    @property
    def apart(self) -> Array:
        return np.asarray(self.shortcut - self.plain)


def _prove(station: Station, name: str, line: Moves) -> None:
    """Hold the gradient by structure, if there is one, against the loss moved the plain way.

    Rounding within an ill-conditioned network is in no bar, but scatters between points, unless
    nothing is left but rounding.
    """
    size = station.probe.parameters[name].size
    entries = station.rng.sample(size, min(ENTRIES, size))
    held = _hold(station, station.probe, line, entries)
    if held is None or (np.abs(held.apart) <= SLACK * held.bar).all():
        return
    measured = [held.apart]
    for k in range(1, JITTERED + 1):
        near = station.evaluator.problem.jitter(station.probe, k, EPS)
        again = _hold(station, near, line, entries, stride=1 + k / 7)
        assert again is not None
        measured.append(again.apart)
    scatter = np.max(measured, axis=0) - np.min(measured, axis=0)
    value = station.probe.parameters[name]
    zero = zero_below(station.evaluator.magnitude(station.probe, name), value)
    refuted = np.abs(held.apart) > np.maximum(SLACK * held.bar, SAFETY * scatter)
    refuted &= np.maximum(np.abs(held.shortcut), np.abs(held.plain)) > zero
    if refuted.any():
        raise _refuted(name, held, int(np.argmax(refuted)))


def _hold(
    station: Station, probe: Probe, line: Moves, entries: Array, stride: float = 1.0
) -> _Held | None:
    """Differentiate both ways at a probe; None without a gradient by structure.

    The steps are `stride` times as long, so that they round in another way.
    """
    name = line.parameter
    found = station.evaluator.derivative(probe, name, None, station.limit)
    if found is None:
        return None
    own = complex_step.from_terms(found.value.ravel(), found.magnitude.ravel())
    single = entry_moves(name, entries, probe.parameters[name], complex_step=True)
    along, plain = (
        complex_step.estimate(lines, both_sides=False)
        for lines in (
            station.evaluator.lines(probe, replace(line, scale=np.full(1, stride))),
            station.evaluator.plain_lines(probe, replace(single, scale=stride * single.scale)),
        )
    )
    assert line.directions is not None
    direction = line.directions[0].ravel()
    return _Held(
        shortcut=np.append(own.value @ direction, own.value[entries]),
        plain=np.append(along.value, plain.value) / stride,
        bar=np.append(own.bar @ np.abs(direction) + along.bar, own.bar[entries] + plain.bar),
    )


def _refuted(name: str, held: _Held, worst: int) -> InternalError:
    what = "single entries" if worst else "a direction"
    return InternalError(
        f"{name}: along {what} the gradient by structure is {held.shortcut[worst]:.17g}, but the "
        f"loss itself gives {held.plain[worst]:.17g}; this is a defect of gradcheck, please report "
        "it with this config"
    )
