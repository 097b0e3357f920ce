"""Data that a program uses and does not show: guessed shapes and kinds, and arrays made from them.

While there is no guess, a place-holder is handed out, and its first use ends the run: so the search
(`search`) learns of the data at the moment at which the program uses them, not before.
"""

import zlib
from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.running.unseen import Unseen
from gradcheck.record import record

Hint: TypeAlias = Literal["array", "labels", "parameter", "table"]
Kind: TypeAlias = Literal[
    "normal", "binary", "classes", "one-hot rows", "one-hot columns", "number"
]

_WORDS: dict[Kind, str] = {
    "normal": "random numbers",
    "binary": "zeros and ones",
    "classes": "labels 0 to {last}",
    "one-hot rows": "one-hot rows",
    "one-hot columns": "one-hot columns",
}


@record
class Guess:
    """What unseen data may be: `classes` counts the labels, `number` is a scalar's value."""

    shape: tuple[int, ...]
    kind: Kind
    classes: int = 2
    number: float | int = 0

    @property
    def words(self) -> str:
        if self.kind == "number":
            return f"{self.number:g}"
        return f"{_WORDS[self.kind].format(last=self.classes - 1)} of shape {self.shape}"


class Demanded(BaseException):
    """The program came to use data for which there is no guess yet.

    Not an Exception, so that an `except` of the program does not catch it.
    """

    def __init__(self, name: str, hint: Hint) -> None:
        super().__init__(name, hint)
        self.name = name
        self.hint = hint


class Data:
    """The guesses of one run, and whether it asked for any; another `draw` makes other data."""

    def __init__(self, guesses: Mapping[str, Guess], draw: int = 0) -> None:
        self.guesses = dict(guesses)
        self.asked = False
        self._draw = draw

    def of(self, name: str, hint: Hint) -> Array | float | int | Unseen:
        """Return the data of this name, or what raises Demanded when the program uses it."""
        self.asked = True
        guess = self.guesses.get(name)
        if guess is not None:
            return made(name, guess, self._draw)
        return Unseen(lambda: Demanded(name, hint))

    def now(self, name: str, hint: Hint) -> Array | float | int:
        """Return the data of this name; raises Demanded while there is no guess."""
        self.asked = True
        guess = self.guesses.get(name)
        if guess is None:
            raise Demanded(name, hint)
        return made(name, guess, self._draw)


def made(name: str, guess: Guess, draw: int = 0) -> Array | float | int:
    """Return data as guessed; the same arguments give the same data."""
    generator = np.random.default_rng([zlib.crc32(name.encode()), draw])
    match guess.kind:
        case "number":
            return guess.number
        case "normal":
            return generator.standard_normal(guess.shape)
        case "binary":
            return _labels(generator, guess.shape, 2).astype(float)
        case "classes":
            return _labels(generator, guess.shape, guess.classes)
        case "one-hot rows":
            return np.asarray(
                np.eye(guess.shape[1])[_labels(generator, guess.shape[:1], guess.shape[1])]
            )
        case "one-hot columns":
            rows, samples = guess.shape
            return np.asarray(np.eye(rows)[_labels(generator, (samples,), rows)].T)


def _labels(generator: np.random.Generator, shape: tuple[int, ...], classes: int) -> Array:
    # Every label occurs, for programs count the classes by the largest one.
    labels = np.arange(int(np.prod(shape))) % classes
    return np.asarray(generator.permutation(labels).reshape(shape))
