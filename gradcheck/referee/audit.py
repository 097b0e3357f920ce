"""The audit: which oracle is to be trusted with a parameter, and whether shortcuts are sound.

Along one random direction of every parameter the complex step must agree with differences of
whole forward passes: where it does not, the forward pass is not complex-safe, and
differences decide alone. And what the problem's structure gives for all entries at once must be
what whole forward passes give for a few of them and for the direction.
"""

from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import InternalError, NotAnalyticError
from gradcheck.numeric import differences, directions, noise
from gradcheck.numeric.estimate import EPS, Estimate
from gradcheck.problem import Moves, Probe
from gradcheck.record import record
from gradcheck.referee.account import OutOfBudget
from gradcheck.referee.estimates import (
    Station,
    at_a_glance,
    by_plain_differences,
    by_plain_entries,
    by_steps,
    one_by_one,
    whole,
)
from gradcheck.referee.judge import AMPLIFIED, zero_below
from gradcheck.referee.plan import direction_moves
from gradcheck.settings import Method

ENTRIES = 16
"""Entries of each parameter that are moved through whole forward passes."""

COST = 2 + 2 * len(differences.LONG) + noise.POINTS + 2 * ENTRIES + 6
"""Evaluations of one audit, what structure takes left out."""

CLOSE = 1e-6
"""Methods that have nothing in common agree if they are no farther apart, relatively: by chance
they are not."""

SLACK = 1e3
"""How many bars two ways of adding up the same terms may be apart: conditioning within the
network is in neither bar. A wrong shortcut is off by far more."""

JITTERED = 4
"""Points at which a suspicious shortcut is tried again."""

SLIGHTLY = 1e-9
"""Relatively, two ways may be so far apart: what cancels within a layer rounds there in ways of its
own, and claims that are as far off are looked at again anyway."""

APART = 100.0
"""How many times their scatter two ways may be apart: constants that are rounded, as 1/n is, are
off alike at all points."""


@record
class Trust:
    """The oracle for one parameter; `contradicted` where the one that was asked for is refuted.

    Where the oracles disagree it is along `line` at `probe`, with the complex step's `slope`.
    `structured` tells whether the gradient by structure may be used as well.
    """

    method: Method
    contradicted: bool = False
    line: Moves | None = None
    probe: Probe | None = None
    slope: float = 0.0
    structured: bool = True


def audit(station: Station, name: str, method: Method) -> Trust:
    """Choose a parameter's oracle and prove the shortcuts to its gradient.

    Raises InternalError where a shortcut is refuted.
    """
    if method == "differences" or not station.evaluator.problem.complex_safe:
        return Trust(method="differences", structured=False)
    value = station.probe.parameters[name]
    line = direction_moves(name, directions.draw(station.rng, value.shape), value)
    try:
        return _audited(station, line, method)
    except NotAnalyticError:
        return Trust(method="differences", structured=False)


def _audited(station: Station, line: Moves, method: Method) -> Trust:
    """Hold the complex step against differences, and then the shortcuts against the loss."""
    first = by_steps(station, line)
    confirmed = _confirmed(station, line, first)
    station.evaluator.account.audits += 1
    if not confirmed:
        only = method == "complex_step"
        return Trust(
            method=method if only else "differences",
            contradicted=only,
            line=line,
            probe=station.probe,
            slope=float(first.value[0]),
            structured=only,
        )
    structured = bool(station.kinks) or _proven(station, line, first)
    return Trust(method="complex_step", structured=structured)


def unaudited(station: Station, method: Method) -> Trust:
    """Choose a parameter's oracle by what the problem says of itself."""
    safe = method != "differences" and station.evaluator.problem.complex_safe
    return Trust(method="complex_step" if safe else "differences", structured=safe)


def _confirmed(station: Station, line: Moves, first: Estimate) -> bool:
    """Tell whether differences agree with the complex step; if in doubt, many of them."""
    size = float(np.abs(first.value)[0])
    if size and np.abs(at_a_glance(station, line) - first.value)[0] <= CLOSE * size:
        return True
    second = by_plain_differences(station, line)
    return _agree(first, second) or bool(first.kinked[0] or second.kinked[0])


def _agree(first: Estimate, second: Estimate) -> bool:
    return bool(np.abs(first.value - second.value)[0] <= (first.bar + second.bar)[0])


@record
class _Held:
    """A gradient by shortcuts held against plain forward passes: by entries.

    Where it is by `structure`, along a direction as well, which comes first.
    """

    shortcut: Array
    plain: Array
    bar: Array
    structure: bool

    @property
    def apart(self) -> Array:
        return np.asarray(self.shortcut - self.plain)


def _proven(station: Station, line: Moves, along: Estimate) -> bool:
    """Hold shortcuts against the loss moved the plain way; tell if there is one by structure."""
    if not station.effort.limit:
        return False
    name = line.parameter
    size = station.probe.parameters[name].size
    entries = station.rng.sample(size, min(ENTRIES, size))
    held = _hold(station, line, entries, along)
    station.evaluator.account.audits += len(entries)
    if (np.abs(held.apart) <= SLACK * held.bar).all():
        return held.structure
    refuted = _no_rounding(station, line, entries, held)
    if refuted.any():
        raise _refuted(name, held, int(np.argmax(refuted)))
    return held.structure


def _no_rounding(station: Station, line: Moves, entries: Array, held: _Held) -> Array:
    """Tell which differences stay what they are at points nearby.

    Rounding within an ill-conditioned network is in no bar, but scatters between points, unless
    nothing is left but rounding: a sum that cancels may then round the same way wherever it is.
    """
    problem, measured = station.evaluator.problem, [held.apart]
    for k in range(1, JITTERED + 1):
        near = replace(station, probe=problem.jitter(station.probe, k, EPS))
        stride = 1 + k / 7
        again = _hold(near, line, entries, by_steps(near, line, stride), stride)
        if again.structure != held.structure:
            raise OutOfBudget
        measured.append(again.apart)
    scatter = np.max(measured, axis=0) - np.min(measured, axis=0)
    apart, size = np.abs(held.apart), np.maximum(np.abs(held.shortcut), np.abs(held.plain))
    value = station.probe.parameters[line.parameter]
    zero = zero_below(station.evaluator.magnitude(station.probe), value)
    found = apart > np.maximum(SLACK * held.bar, APART * scatter)
    found &= (apart > SLIGHTLY * size) & (size > AMPLIFIED * zero)
    if found.any() and problem.resting(station.probe):
        # What rests on a kink may be taken for either side of it.
        found &= apart > zero
    return np.asarray(found)


def _hold(
    station: Station, line: Moves, entries: Array, along: Estimate, stride: float = 1.0
) -> _Held:
    """Differentiate both ways; `along` is the derivative along the line by whole passes.

    The steps are `stride` times as long, so that they round in another way.
    """
    name = line.parameter
    plain = by_plain_entries(station, name, entries, stride)
    own = whole(station, name)
    if own is None:
        single = one_by_one(station, name, entries)
        bar = single.bar + plain.bar
        return _Held(shortcut=single.value, plain=plain.value, bar=bar, structure=False)
    assert line.directions is not None
    direction = line.directions[0].ravel()
    return _Held(
        shortcut=np.append(own.value @ direction, own.value[entries]),
        plain=np.append(along.value, plain.value),
        bar=np.append(own.bar @ np.abs(direction) + along.bar, own.bar[entries] + plain.bar),
        structure=True,
    )


def _refuted(name: str, held: _Held, worst: int) -> InternalError:
    what = "single entries" if worst or not held.structure else "a direction"
    return InternalError(
        f"{name}: along {what} the gradient by shortcuts is {held.shortcut[worst]:.17g}, but the "
        f"loss itself gives {held.plain[worst]:.17g}; this is a defect of gradcheck, please report "
        "it with this config"
    )
