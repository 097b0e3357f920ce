"""Looking around right before statements of a running program."""

from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeAlias

from gradcheck.paste.understanding.runtime import Runtime

Look: TypeAlias = Callable[[int, int, FrameType], Any]
"""What is done before a statement, by its number, at an execution, with the frame.

Where a variable is to be set, what it returns is the variable's value, unless that is None.
"""


class Visits:
    """Counts the executions of statements, and looks around before each.

    What the look itself executes, as a function that it calls, is no part of the run.
    """

    def __init__(self, look: Look, runtime: Runtime) -> None:
        self._look = look
        self._runtime = runtime
        self._counts: Counter[int] = Counter()

    def __call__(self, number: int, frame: FrameType) -> Any:
        self._counts[number] += 1
        self._runtime.visit = None
        try:
            return self._look(number, self._counts[number] - 1, frame)
        finally:
            self._runtime.visit = self
