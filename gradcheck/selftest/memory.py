"""A problem that remembers its answers, for asking it the same things under many claims.

The numeric side of a check does not depend on the claims. Probes are handed out as the same
objects each time, so that whatever was evaluated at one of them is found again.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

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
        """Answer line by line: other claims have other entries of the same lines looked at."""
        asked = ("evaluate", id(probe), id(nudge), steps.tobytes())
        keys = [(*asked, *_key(moves.part(k, k + 1))) for k in range(len(moves))]
        new = [k for k, key in enumerate(keys) if key not in self._answers]
        if new:
            found = self._problem.evaluate(probe, moves.some(new), steps, nudge)
            for column, k in enumerate(new):
                answer = tuple(part[:, column] for part in found)
                self._answers[keys[k]] = (answer, (probe, nudge))
        columns = [self._answers[key][0] for key in keys]
        values, magnitudes = zip(*columns, strict=True)
        return np.stack(values, axis=1), np.stack(magnitudes, axis=1)

    def _plain(self, probe: Probe, moves: Moves, steps: Array) -> tuple[Array, Array]:
        key = ("plain", id(probe), steps.tobytes(), *_key(moves))
        return self._kept(key, lambda: self._problem.plain(probe, moves, steps), probe)

    def _kept(self, key: Any, answer: Callable[[], T], *held: object) -> T:
        """Answer, or find the answer; what the key names by identity is `held` as long as it."""
        if key not in self._answers:
            self._answers[key] = (answer(), held)
        found: T = self._answers[key][0]
        return found


def _key(moves: Moves) -> tuple[Any, ...]:
    parts = (moves.scale, moves.indices, moves.directions)
    return (moves.parameter, *(None if part is None else part.tobytes() for part in parts))
