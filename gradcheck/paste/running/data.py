"""Data that a program uses and does not show: guessed shapes and kinds, and arrays made from them.

While there is no guess, a place-holder is handed out, and its first use ends the run: so the search
(`search`) learns of the data at the moment at which the program uses them, not before.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.running.unseen import Unseen
from gradcheck.record import record

Hint: TypeAlias = Literal["array", "labels", "parameter", "table", "layers", "index"]
Kind: TypeAlias = Literal[
    "normal",
    "binary",
    "signs",
    "classes",
    "one-hot rows",
    "one-hot columns",
    "number",
    "layers of rows",
    "layers of columns",
    "pairs",
    "labelled pairs",
]
Made: TypeAlias = Array | float | int | dict[str, Array] | list[tuple[Array, Any]]

_WORDS: dict[Kind, str] = {
    "normal": "random numbers",
    "binary": "zeros and ones",
    "signs": "minus ones and ones",
    "classes": "labels 0 to {last}",
    "one-hot rows": "one-hot rows",
    "one-hot columns": "one-hot columns",
    "pairs": "pairs with one of {classes} outputs, all inputs together",
    "labelled pairs": "pairs with a label 0 to {last}, all inputs together",
}


@record
class Guess:
    """What unseen data may be: `classes` counts the labels, `number` is a scalar's value.

    What is `doubtful` hides mistakes, as a single sample or feature does; what is `contrary` is
    not what the text states. Of layers, whose samples are rows or columns, `shape` holds the sizes
    from input to output. Of pairs of an input and its target it is the shape of all the inputs.
    """

    shape: tuple[int, ...]
    kind: Kind
    classes: int = 2
    number: float | int = 0
    doubtful: bool = False
    contrary: bool = False

    @property
    def words(self) -> str:
        if self.kind == "number":
            return f"{self.number:g}"
        if self.kind in ("layers of rows", "layers of columns"):
            return f"random weights and zero biases for {self.kind} of {self.shape}"
        told = _WORDS[self.kind].format(last=self.classes - 1, classes=self.classes)
        return f"{told} of shape {self.shape}"


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

    def of(self, name: str, hint: Hint) -> Made | Unseen:
        """Return the data of this name, or what raises Demanded when the program uses it."""
        self.asked = True
        guess = self.guesses.get(name)
        if guess is not None:
            return made(name, guess, self._draw)
        return Unseen(lambda: Demanded(name, hint))

    def now(self, name: str, hint: Hint) -> Made:
        """Return the data of this name; raises Demanded while there is no guess."""
        self.asked = True
        guess = self.guesses.get(name)
        if guess is None:
            raise Demanded(name, hint)
        return made(name, guess, self._draw)


def made(name: str, guess: Guess, draw: int = 0) -> Made:
    """Return data as guessed; the same arguments give the same data."""
    generator = np.random.default_rng([zlib.crc32(name.encode()), draw])
    match guess.kind:
        case "number":
            return guess.number
        case "normal":
            return generator.standard_normal(guess.shape)
        case "binary":
            return _labels(generator, guess.shape, 2).astype(float)
        case "signs":
            return 2.0 * _labels(generator, guess.shape, 2) - 1
        case "classes":
            return _labels(generator, guess.shape, guess.classes)
        case "one-hot rows":
            return np.asarray(
                np.eye(guess.shape[1])[_labels(generator, guess.shape[:1], guess.shape[1])]
            )
        case "layers of rows" | "layers of columns":
            return layers(generator, guess.shape, rows=guess.kind == "layers of rows")
        case "one-hot columns":
            rows, samples = guess.shape
            return np.asarray(np.eye(rows)[_labels(generator, (samples,), rows)].T)
        case "pairs" | "labelled pairs":
            return pairs(generator, guess)


def layers(generator: np.random.Generator, sizes: Sequence[int], *, rows: bool) -> dict[str, Array]:
    """Return weights `W1`, `W2`, ... and biases `b1`, `b2`, ... of dense layers."""
    found: dict[str, Array] = {}
    for at in range(1, len(sizes)):
        into, out = sizes[at - 1], sizes[at]
        weights = generator.standard_normal((into, out)) / np.sqrt(into)
        found[f"W{at}"] = weights if rows else weights.T.copy()
        found[f"b{at}"] = np.zeros((1, out) if rows else (out, 1))
    return found


def pairs(generator: np.random.Generator, guess: Guess) -> list[tuple[Array, Any]]:
    """Return inputs with targets, each a label or a row, column or list like its input."""
    inputs = generator.standard_normal(guess.shape)
    labels = _labels(generator, guess.shape[:1], max(guess.classes, 2))
    if guess.kind == "labelled pairs":
        return [(x, int(label)) for x, label in zip(inputs, labels, strict=True)]
    shape = [guess.classes if size > 1 else 1 for size in guess.shape[1:]]
    table = np.eye(guess.classes) if guess.classes > 1 else np.array([[0.0], [1.0]])
    return [(x, table[label].reshape(shape)) for x, label in zip(inputs, labels, strict=True)]


def _labels(generator: np.random.Generator, shape: tuple[int, ...], classes: int) -> Array:
    # Every label occurs, for programs count the classes by the largest one.
    labels = np.arange(int(np.prod(shape))) % classes
    return np.asarray(generator.permutation(labels).reshape(shape))
