"""The audit: which oracle is to be trusted with a parameter, and whether shortcuts are sound.

Along one random direction of every parameter the complex step must agree with differences of
whole forward passes: where it does not, the forward pass is not complex-safe, and
differences decide alone. And what the problem's structure gives for all entries at once must be
what whole forward passes give for a few of them and for the direction.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import InternalError
from gradcheck.numeric import complex_step
from gradcheck.numeric.estimate import Estimate
from gradcheck.problem import Moves
from gradcheck.record import record
from gradcheck.referee.estimates import Station, by_plain_differences, by_steps
from gradcheck.referee.plan import direction_moves, entry_moves
from gradcheck.settings import Method

ENTRIES = 16
"""Entries of each parameter that are moved through whole forward passes."""

SLACK = 1e3
"""How many bars two ways of adding up the same terms may be apart: conditioning within the
network is in neither bar. A wrong shortcut is off by far more."""


@record
class Trust:
    """The oracle for one parameter; `contradicted` where the one that was asked for is refuted."""

    method: Method
    contradicted: bool = False


def audit(station: Station, name: str, method: Method) -> Trust:
    """Choose a parameter's oracle and prove the shortcuts to its gradient.

    Raises InternalError where a shortcut is refuted.
    """
    if method == "differences" or not station.evaluator.problem.complex_safe:
        return Trust(method="differences")
    value = station.probe.parameters[name]
    line = direction_moves(name, value.shape, value, station.rng)
    first, second = by_steps(station, line), by_plain_differences(station, line)
    if not (_agree(first, second) or first.kinked[0] or second.kinked[0]):
        if method == "complex_step":
            return Trust(method=method, contradicted=True)
        return Trust(method="differences")
    if not station.kinks:
        _prove(station, name, line, first)
    return Trust(method="complex_step")


def _agree(first: Estimate, second: Estimate) -> bool:
    return bool(np.abs(first.value - second.value)[0] <= (first.bar + second.bar)[0])


def _prove(station: Station, name: str, line: Moves, along: Estimate) -> None:
    """Hold the gradient by structure, if there is one, against the loss moved the plain way."""
    found = station.evaluator.derivative(station.probe, name, None, station.limit)
    if found is None:
        return
    own = complex_step.from_terms(found.value.ravel(), found.magnitude.ravel())
    assert line.directions is not None
    direction = line.directions[0].ravel()
    total, bar = own.value @ direction, own.bar @ np.abs(direction)
    _same(name, "a direction", np.array([total]), along.value, bar + along.bar)
    entries = station.rng.choice(own.value.size, min(ENTRIES, own.value.size), replace=False)
    moves = entry_moves(name, entries, station.probe.parameters[name], complex_step=True)
    plain = complex_step.estimate(
        station.evaluator.plain_lines(station.probe, moves), both_sides=False
    )
    _same(name, "single entries", own.value[entries], plain.value, own.bar[entries] + plain.bar)


def _same(name: str, what: str, shortcut: Array, plain: Array, bar: Array) -> None:
    apart = np.abs(shortcut - plain) > SLACK * bar
    if apart.any():
        worst = int(np.argmax(apart))
        raise InternalError(
            f"{name}: along {what} the gradient by structure is {shortcut[worst]!r}, but the "
            f"loss itself gives {plain[worst]!r}; this is a defect of gradcheck, please report "
            "it with this config"
        )
