"""What a failure says about the shape of what was guessed: `shapes (4,) and (7,3) not aligned`.

A size that a program works out by itself, as that of a flattened picture, shows nowhere else.
"""

import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from gradcheck.paste.running.data import Guess

_SHAPE = re.compile(r"\((\d+(?:,\s*\d+)*),?\)")
_SIZES = re.compile(r"size (\d+) is different from (\d+)")
_MOST = 16


def lessons(guess: Guess, message: str, samples: Collection[int] = ()) -> Iterator[Guess]:
    """Yield what the guess might better have been, by the sizes that a message mentions.

    What has as many entries as there are `samples` is none: a parameter has one for all of them.
    """
    if guess.kind == "number" or guess.kind.startswith("layers"):
        return
    shapes = [tuple(int(size) for size in found.split(",")) for found in _SHAPE.findall(message)]
    others = [shape for shape in shapes if shape != guess.shape]
    named = [int(size) for pair in _SIZES.findall(message) for size in pair]
    sizes = [size for shape in others for size in shape] + named
    found = [_resized(guess.shape, sizes), (one for shape in others for one in _like(shape))]
    if "broadcast" in message or any(len(shape) == 1 for shape in others):
        found.reverse()
    flat = guess.kind.startswith("one-hot")
    better = dict.fromkeys(itertools.chain(*found))
    wanted = (s for s in better if s != guess.shape and (len(s) == 2 or not flat))
    single = (shape for shape in wanted if set(samples).isdisjoint(shape))
    for shape in itertools.islice(single, _MOST):
        yield replace(guess, shape=shape)


def _resized(shape: tuple[int, ...], sizes: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield shapes of which one size is another."""
    for axis in range(len(shape)):
        for size in sizes:
            if size > 0:
                yield (*shape[:axis], size, *shape[axis + 1 :])


def _like(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield shapes of what can be added to an array: one number for each of its rows or columns."""
    if len(shape) == 2:
        rows, columns = shape
        yield from ((rows, 1), (columns,), (1, columns), (rows,))
    if all(shape):
        yield shape
