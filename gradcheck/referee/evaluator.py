"""The loss of a problem along lines, counted and within the budget."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import GradcheckError, InternalError, NumericError, UnrepeatableError
from gradcheck.numeric import noise
from gradcheck.numeric.estimate import Lines, Values
from gradcheck.problem import (
    KINKS,
    LOST,
    Derivative,
    Effort,
    Kink,
    Lost,
    Moves,
    Nudge,
    Probe,
    Problem,
)
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
    losses: dict[str, tuple[Probe, float]] = field(default_factory=dict)
    """Those at probes, by their names: a point nearby may have the same one."""
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
        self, probe: Probe, name: str, nudge: Nudge | None, effort: Effort
    ) -> Derivative | None:
        """Return a parameter's whole derivative, if the problem's structure gives it."""
        self.account.require(UNMOVED)
        limit = min(effort.limit, self.account.left("structure") - UNMOVED)
        with self.account.timed("structure"):
            found = self.problem.derivative(probe, name, nudge, replace(effort, limit=limit))
            self._made(found.evaluations if found else 0)
        return found

    def kinks(self, probe: Probe) -> Sequence[Kink]:
        """Return the probe's kinks."""
        self.account.require(KINKS)
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

    def terms(self, probe: Probe, name: str, entries: Sequence[int]) -> Array:
        """Return the sizes of the terms that derivatives are made of; zero where unknown."""
        return self._sizes(self.problem.terms, probe, name, entries)

    def paths(self, probe: Probe, name: str, entries: Sequence[int]) -> Array:
        """Return the sizes of what all paths contribute to derivatives; zero where unknown."""
        return self._sizes(self.problem.paths, probe, name, entries)

    def _sizes(
        self,
        measure: Callable[[Probe, str, Sequence[int]], Array] | None,
        probe: Probe,
        name: str,
        entries: Sequence[int],
    ) -> Array:
        if measure is None:
            return np.zeros(len(entries))
        self.account.require(len(entries) + UNMOVED)
        try:
            return measure(probe, name, entries)
        except InternalError:
            raise
        except GradcheckError:
            return np.zeros(len(entries))
        finally:
            self._made(0)

    def plain_lines(self, probe: Probe, moves: Moves) -> Lines:
        """Return the same by the whole forward pass for every point: slow, and beyond doubt."""

        def values(steps: Array) -> Values:
            known = self.losses.get(probe.name)
            if not steps.any() and known is not None and known[0] is probe:
                loss = np.full((len(steps), len(moves)), known[1])
                return Values(value=loss, magnitude=np.abs(loss))
            value, magnitude = self._plain(probe, moves, steps)
            return Values(value=value, magnitude=magnitude)

        return values

    def base(self, probe: Probe) -> float:
        """Return the loss at the probe itself.

        Raises NumericError unless it is finite, and UnrepeatableError unless it is so again, which
        only code of the user's could change.
        """
        still = self._still()
        value, size = self._plain(probe, still, np.zeros(1))
        again = value if self.problem.settled else self._plain(probe, still, np.zeros(1))[0]
        first, second = float(value[0, 0].real), float(again[0, 0].real)
        if not np.isfinite(first):
            raise NumericError(
                f"the loss is {first} at the {probe.name} point{self._trouble(probe)}; "
                "a gradient exists only where the loss is finite ('gradcheck explain CHK17')"
            )
        if first != second:
            raise UnrepeatableError(
                f"the loss is {first!r}, then {second!r} at the same point, the {probe.name} one"
            )
        self.losses[probe.name] = (probe, first)
        self.magnitudes[probe.name] = float(size[0, 0].real)
        return first

    def _trouble(self, probe: Probe) -> str:
        found = self.problem.trouble(probe) if self.problem.trouble else ""
        return f": {found}" if found else ""

    def noise_of(self, probe: Probe, moves: Moves) -> float:
        """Measure the rounding noise of the loss along the first of some lines.

        Where single precision leaves a loss as it is, that shows none, though larger steps meet it.
        """
        key = (probe.name, moves.parameter)
        if key not in self.noise:
            found = self.lines(probe, moves.part(0, 1))(noise.offsets())
            least = noise.LEAST * float(np.max(found.magnitude.real))
            self.noise[key] = max(noise.level(found.value[:, 0].real), least)
        return self.noise[key]

    def magnitude(self, probe: Probe) -> float:
        """Return the sum of the absolute terms of the loss at the probe."""
        if probe.name not in self.magnitudes:
            _, size = self._plain(probe, self._still(), np.zeros(1))
            self.magnitudes[probe.name] = float(size[0, 0].real)
        return self.magnitudes[probe.name]

    def _still(self) -> Moves:
        """Return a line that stays where it is, through the smallest parameter."""
        name = min(self.problem.shapes, key=lambda name: math.prod(self.problem.shapes[name]))
        return Moves(
            parameter=name, scale=np.zeros(1), directions=np.zeros((1, *self.problem.shapes[name]))
        )

    def _plain(self, probe: Probe, moves: Moves, steps: Array) -> tuple[Array, Array]:
        self.account.require(len(steps) * len(moves))
        found = self.problem.plain(probe, moves, steps)
        self._made(len(steps) * len(moves))
        return found

    def _made(self, count: int) -> None:
        """Book so many evaluations, and those that were made beside them."""
        before, self._overhead = self._overhead, self.problem.overhead()
        self.account.evaluations += count + self._overhead - before
