"""The loss of a problem along lines, counted."""

from dataclasses import dataclass, field

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import NumericError, UnrepeatableError
from gradcheck.numeric import noise
from gradcheck.numeric.estimate import Lines, Values
from gradcheck.problem import Derivative, Moves, Nudge, Probe, Problem


@dataclass(kw_only=True, eq=False, repr=False)
class Evaluator:
    """Evaluates a problem's loss and keeps the accounts: `evaluations`, and `audits` among them."""

    problem: Problem
    evaluations: int = 0
    audits: int = 0
    noise: dict[tuple[str, str], float] = field(default_factory=dict)

    def lines(self, probe: Probe, moves: Moves, nudge: Nudge | None = None) -> Lines:
        """Return the loss along `moves`, as `numeric` wants it."""

        def values(steps: Array) -> Values:
            self.evaluations += len(steps) * len(moves)
            value, magnitude = self.problem.evaluate(probe, moves, steps, nudge)
            return Values(value=value, magnitude=magnitude)

        return values

    def derivative(
        self, probe: Probe, name: str, nudge: Nudge | None, limit: int
    ) -> Derivative | None:
        """Return a parameter's whole derivative, if the problem's structure gives it."""
        found = self.problem.derivative(probe, name, nudge, limit)
        self.evaluations += found.evaluations if found else 0
        return found

    def plain_lines(self, probe: Probe, moves: Moves) -> Lines:
        """Return the same by the whole forward pass for every point: slow, and beyond doubt."""

        def values(steps: Array) -> Values:
            self.evaluations += len(steps) * len(moves)
            self.audits += len(moves)
            value = self.problem.plain(probe, moves, steps)
            magnitude = np.abs(value.real) + 1j * np.abs(value.imag)
            return Values(value=value, magnitude=magnitude)

        return values

    def base(self, probe: Probe) -> float:
        """Return the loss at the probe itself.

        Raises NumericError unless it is finite, and UnrepeatableError unless it is so again.
        """
        name, shape = next(iter(self.problem.shapes.items()))
        still = Moves(parameter=name, scale=np.zeros(1), directions=np.zeros((1, *shape)))
        first, second = (
            float(self.problem.plain(probe, still, np.zeros(1))[0, 0].real) for _ in range(2)
        )
        self.evaluations += 2
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
        still = Moves(parameter=name, scale=np.zeros(1), indices=np.zeros(1, dtype=int))
        self.evaluations += 1
        return float(self.problem.evaluate(probe, still, np.zeros(1), None)[1][0, 0].real)
