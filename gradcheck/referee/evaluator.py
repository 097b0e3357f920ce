"""The loss of a problem along lines, counted and within the budget."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import NumericError, UnrepeatableError
from gradcheck.numeric import noise
from gradcheck.numeric.estimate import Lines, Values
from gradcheck.problem import LOST, Derivative, Kink, Lost, Moves, Nudge, Probe, Problem
from gradcheck.referee.account import Account
from gradcheck.settings import Budget

UNMOVED = 1
"""Evaluations at the probe itself that anything asked for there may take beside its own."""


@dataclass(kw_only=True, eq=False, repr=False)
class Evaluator:
    """Evaluates a problem's loss and keeps the account; what the budget forbids is OutOfBudget."""

    problem: Problem
    account: Account = field(default_factory=lambda: Account(budget=Budget()))
    noise: dict[tuple[str, str], float] = field(default_factory=dict)
    magnitudes: dict[str, float] = field(default_factory=dict)
    _overhead: int = field(init=False)

    def __post_init__(self) -> None:
        self._overhead = self.problem.overhead()

    def lines(self, probe: Probe, moves: Moves, nudge: Nudge | None = None) -> Lines:
        """Return the loss along `moves`, as `numeric` wants it."""

        def values(steps: Array) -> Values:
            count = len(steps) * len(moves)
            self.account.require(count + UNMOVED)
            value, magnitude = self.problem.evaluate(probe, moves, steps, nudge)
            self._made(count)
            return Values(value=value, magnitude=magnitude)

        return values

    def derivative(
        self, probe: Probe, name: str, nudge: Nudge | None, limit: int
    ) -> Derivative | None:
        """Return a parameter's whole derivative, if the problem's structure gives it."""
        self.account.require(UNMOVED)
        limit = min(limit, self.account.left("structure") - UNMOVED)
        with self.account.timed("structure"):
            found = self.problem.derivative(probe, name, nudge, limit)
            self._made(found.evaluations if found else 0)
        return found

    def kinks(self, probe: Probe) -> Sequence[Kink]:
        """Return the probe's kinks."""
        self.account.require(UNMOVED)
        found = self.problem.kinks(probe)
        self._made(0)
        return found

    def lost(self, probe: Probe, name: str) -> Lost | None:
        """Tell why a gradient is zero, where that is known."""
        if self.problem.lost is None:
            return None
        self.account.require(LOST)
        found = self.problem.lost(probe, name)
        self._made(0)
        return found

    def plain_lines(self, probe: Probe, moves: Moves) -> Lines:
        """Return the same by the whole forward pass for every point: slow, and beyond doubt."""

        def values(steps: Array) -> Values:
            value = self._plain(probe, moves, steps)
            magnitude = np.abs(value.real) + 1j * np.abs(value.imag)
            return Values(value=value, magnitude=magnitude)

        return values

    def base(self, probe: Probe) -> float:
        """Return the loss at the probe itself.

        Raises NumericError unless it is finite, and UnrepeatableError unless it is so again.
        """
        name, shape = next(iter(self.problem.shapes.items()))
        still = Moves(parameter=name, scale=np.zeros(1), directions=np.zeros((1, *shape)))
        first, second = (float(self._plain(probe, still, np.zeros(1))[0, 0].real) for _ in range(2))
        if not np.isfinite(first):
            raise NumericError(
                f"the loss is {first} at the {probe.name} point{self._trouble(probe)}; "
                "a gradient exists only where the loss is finite ('gradcheck explain CHK17')"
            )
        if first != second:
            raise UnrepeatableError(
                f"the loss is {first!r}, then {second!r} at the same point, the {probe.name} one"
            )
        return first

    def _trouble(self, probe: Probe) -> str:
        found = self.problem.trouble(probe) if self.problem.trouble else ""
        return f": {found}" if found else ""

    def noise_of(self, probe: Probe, moves: Moves) -> float:
        """Measure the rounding noise of the loss along the first of some lines."""
        key = (probe.name, moves.parameter)
        if key not in self.noise:
            value = self.lines(probe, moves.part(0, 1))(noise.offsets()).value
            self.noise[key] = noise.level(value[:, 0].real)
        return self.noise[key]

    def magnitude(self, probe: Probe, name: str) -> float:
        """Return the sum of the absolute terms of the loss at the probe."""
        if probe.name not in self.magnitudes:
            still = Moves(parameter=name, scale=np.zeros(1), indices=np.zeros(1, dtype=int))
            found = self.lines(probe, still)(np.zeros(1)).magnitude[0, 0]
            self.magnitudes[probe.name] = float(found.real)
        return self.magnitudes[probe.name]

    def _plain(self, probe: Probe, moves: Moves, steps: Array) -> Array:
        self.account.require(len(steps) * len(moves))
        value = self.problem.plain(probe, moves, steps)
        self._made(len(steps) * len(moves))
        return value

    def _made(self, count: int) -> None:
        """Book so many evaluations, and those that were made beside them."""
        before, self._overhead = self._overhead, self.problem.overhead()
        self.account.evaluations += count + self._overhead - before
