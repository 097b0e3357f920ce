"""A problem that remembers its answers, for asking it the same things under many claims.

The numeric side of a check does not depend on the claims. Probes are handed out as the same
objects each time, so that whatever was evaluated at one of them is found again.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from gradcheck.array import Array
from gradcheck.problem import Moves, Nudge, Probe, Problem

T = TypeVar("T")


class Memory:
    """Answers by question."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._answers: dict[Any, Any] = {}

    def problem(self) -> Problem:
        """Return the problem with all answers but the claims remembered."""
        mine = self._problem
        return replace(
            mine,
            probe=lambda *key: self._kept(("probe", *key), lambda: mine.probe(*key)),
            jitter=lambda probe, seed, epsilon: self._kept(
                ("jitter", id(probe), seed, epsilon), lambda: mine.jitter(probe, seed, epsilon)
            ),
            kinks=lambda probe: self._kept(("kinks", id(probe)), lambda: mine.kinks(probe)),
            evaluate=self._evaluate,
            plain=self._plain,
            derivative=lambda probe, name, nudge, effort: self._kept(
                ("derivative", id(probe), name, id(nudge), effort),
                lambda: mine.derivative(probe, name, nudge, effort),
                probe,
                nudge,
            ),
        )

    def _evaluate(
        self, probe: Probe, moves: Moves, steps: Array, nudge: Nudge | None
    ) -> tuple[Array, Array]:
        key = ("evaluate", id(probe), id(nudge), *_key(moves, steps))
        return self._kept(
            key, lambda: self._problem.evaluate(probe, moves, steps, nudge), probe, nudge
        )

    def _plain(self, probe: Probe, moves: Moves, steps: Array) -> tuple[Array, Array]:
        key = ("plain", id(probe), *_key(moves, steps))
        return self._kept(key, lambda: self._problem.plain(probe, moves, steps), probe)

    def _kept(self, key: Any, answer: Callable[[], T], *held: object) -> T:
        """Answer, or find the answer; what the key names by identity is `held` as long as it."""
        if key not in self._answers:
            self._answers[key] = (answer(), held)
        found: T = self._answers[key][0]
        return found


def _key(moves: Moves, steps: Array) -> tuple[Any, ...]:
    parts = (moves.scale, moves.indices, moves.directions, steps)
    return (moves.parameter, *(None if part is None else part.tobytes() for part in parts))
