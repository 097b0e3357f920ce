"""What the loss feels of arrays that are moved as a program stands before a statement."""

import ast
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.scope import evaluated, visible
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.tables import LARGEST
from gradcheck.paste.understanding.steps import Trial

_MOST_CARRIED = 24


class Shifts:
    """Moves arrays at one execution of a statement.

    `loss` reads the loss off a run, which is over after so many events of it.
    """

    def __init__(self, bench: Bench, events: int, loss: Callable[[Trial | None], float]) -> None:
        self._bench = bench
        self._events = events
        self._loss = loss
        self._known: dict[int, tuple[frozenset[str], list[int]]] = {}

    def hangs_on(self, statement: Statement, at: int, text: str, step: Array) -> float:
        """Move a variable's value for what follows in the turn, and if that is nothing, the array.

        The array may be kept elsewhere as well, with uses of its own.
        """
        if text in self._around(statement)[0]:
            found = self.follows(statement, at, text, step, text)
            if found and np.isfinite(found):
                return found
        return self.follows(statement, at, text, step)

    def _around(self, statement: Statement) -> tuple[frozenset[str], list[int]]:
        """Return the variables of the function around a statement, and what is behind its loop."""
        if statement.number not in self._known:
            found = self._variables(statement), self._behind(statement)
            self._known[statement.number] = found
        return self._known[statement.number]

    def _variables(self, statement: Statement) -> frozenset[str]:
        """Return the variables that the function around a statement has as its own."""
        function: Any = statement.function or self._bench.machine.tree
        nodes = list(ast.walk(function))
        names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        names |= {n.arg for n in nodes if isinstance(n, ast.arg)}
        outer = (n.names for n in nodes if isinstance(n, ast.Global | ast.Nonlocal))
        return frozenset(names.difference(*outer))

    def follows(
        self, statement: Statement, at: int, text: str, step: Array, setting: str | None = None
    ) -> float:
        """Return how far the loss moves with an array, or with the variable `setting` alone."""
        up, down = (
            self._shifted(statement, at, text, sign * step, setting) for sign in (1.0, -1.0)
        )
        return (up - down) / 2

    def moving(self, statement: Statement, at: int) -> Iterator[tuple[str, Array]]:
        """Yield the arrays that a statement sees, and that depend on the parameters."""
        count = min(2, len(self._bench.points))
        seen = [self._seen(statement, at, k) for k in range(count)]
        own = [np.asarray(value) for value in self._bench.points[0].point.values()]
        found = 0
        for text, value in seen[0].items():
            other = seen[-1].get(text)
            if other is None or other.shape != value.shape or np.array_equal(value, other):
                continue
            if not any(value.shape == o.shape and np.array_equal(value, o) for o in own):
                found += 1
                if found <= _MOST_CARRIED:
                    yield text, value

    def _seen(self, statement: Statement, at: int, point: int) -> Mapping[str, Array]:
        found: dict[str, Array] = {}
        things: set[int] = set()

        def look(number: int, execution: int, frame: FrameType) -> None:
            if execution != at:
                return
            for text in visible(self._bench, number, frame):
                thing = evaluated(text, frame)
                if _is_open(thing) and id(thing) not in things:
                    things.add(id(thing))
                    found[text] = np.array(thing)

        self._bench.watch({}, [statement.number], look, point)
        return found

    def _shifted(
        self, statement: Statement, at: int, text: str, step: Array, setting: str | None
    ) -> float:
        """Return the loss with a value moved for one turn: who else has it sees it as it was."""
        turn, moved = (statement.number, at), list[Array]()

        def shift(number: int, execution: int, frame: FrameType) -> Array | None:
            while moved:
                moved.pop().__isub__(step)
            thing = evaluated(text, frame) if (number, execution) == turn else None
            if thing is None or not _is_open(thing) or thing.shape != step.shape:
                return None
            if setting is not None:
                return np.asarray(thing + step)
            moved.append(thing)
            thing += step
            return None

        watched = [statement.number, *(self._around(statement)[1] if setting is None else ())]
        trial = self._bench.watch({}, watched, shift, most=self._events, setting=setting)
        return self._loss(trial)

    def _behind(self, statement: Statement) -> list[int]:
        """Return the statements behind the loop that a statement is in, of the same function."""
        loops = [n for n in statement.parents if isinstance(n, ast.For | ast.While)]
        own = (s for s in self._bench.statements.values() if s.function is statement.function)
        return [s.number for s in own if loops and s.line > (loops[-1].end_lineno or s.line)]


def _is_open(thing: Any) -> bool:
    """Tell arrays that can be changed in place."""
    return (
        isinstance(thing, np.ndarray)
        and thing.dtype.kind == "f"
        and 1 < thing.size <= LARGEST
        and thing.flags.writeable
    )
