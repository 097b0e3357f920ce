"""What is added to a value in one of its executions."""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.values import frozen


class Once:
    """An injection into one execution of a site."""

    def __init__(self, occurrence: int, step: Array) -> None:
        self._left = occurrence
        self._step = step

    def __call__(self, value: Any) -> Any:
        self._left -= 1
        return self._step if self._left == -1 and np.shape(value) == self._step.shape else 0.0


class Doubled:
    """An injection into one execution of a site, of as much as it makes."""

    def __init__(self, occurrence: int) -> None:
        self._left = occurrence

    def __call__(self, value: Any) -> Any:
        self._left -= 1
        return frozen(value) if self._left == -1 else 0.0
