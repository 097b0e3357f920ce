"""Guesses from the shapes that a text states: `X: (n, N)`, `labels of shape (1, m)`, `r: float`.

A size that has a name is one size wherever the text has it.
"""

import ast
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from gradcheck.paste.running.data import Guess, Hint, Kind
from gradcheck.record import record

_PRIMES = (5, 7, 3, 2, 13, 17, 19, 23, 29, 31)
_COUNTS = re.compile(r"(?i)^(?:[mnt]|n_?(?:samples|examples|data)|num\w*|batch\w*|.*examples|T)$")
_LARGE = 100
"""From here on a size that only the text has is but an example."""

_MOST_UNKNOWN = 3
_NUMBER = 0.7


@record
class Stated:
    """What a text says of shapes: sizes are numbers, or names, or sums and products of these."""

    shapes: Mapping[str, Sequence[Sequence[str]]]
    signs: bool = False


NOTHING = Stated(shapes={})


def stated(
    name: str,
    hint: Hint,
    said: Stated,
    made: Mapping[str, Guess],
    numbers: Mapping[str, int],
    samples: Sequence[int],
) -> Iterator[Guess]:
    """Yield the guesses of the shapes that are stated of a name.

    `numbers` are the program's own, by name, `samples` how many there may be.
    """
    for shape in said.shapes.get(name, ()):
        known = {**numbers, **_known(said, made)}
        sizes = [_size(text, known) for text in shape]
        unknown = list(dict.fromkeys(t for t, n in zip(shape, sizes, strict=True) if n is None))
        if len(unknown) > _MOST_UNKNOWN:
            continue
        used = {size for guess in made.values() for size in guess.shape} | {*known.values()}
        free = [prime for prime in _PRIMES if prime not in used and prime not in samples]
        many = [size for size in samples if size not in known.values()]
        options = [_options(text, free[at], many) for at, text in enumerate(unknown)]
        for chosen in itertools.product(*options):
            given = dict(zip(unknown, chosen, strict=True))
            whole = tuple(
                given[text] if size is None else size
                for text, size in zip(shape, sizes, strict=True)
            )
            yield from (_guess(whole, kind) for kind in kinds(hint, whole, signs=said.signs))


def kinds(hint: Hint, shape: tuple[int, ...], *, signs: bool) -> Sequence[Kind]:
    """Return the kinds of what has a shape and a customary name, the likeliest first."""
    if not shape:
        return ["number"]
    if hint == "index":
        return ["classes"]
    if hint != "labels":
        return ["normal"]
    if len(shape) == 2 and min(shape) > 1:
        hot: list[Kind] = ["one-hot rows", "one-hot columns"]
        # There are fewer classes than samples.
        return [*(hot if shape[0] > shape[1] else hot[::-1]), "normal"]
    plain: list[Kind] = ["binary", "classes"] if len(shape) == 2 else ["classes", "binary"]
    return [*(["signs"] if signs else []), *plain, "normal"]  # type: ignore[list-item]


def _guess(shape: tuple[int, ...], kind: Kind) -> Guess:
    return Guess(shape=shape, kind=kind, number=_NUMBER if kind == "number" else 0)


def _known(said: Stated, made: Mapping[str, Guess]) -> dict[str, int]:
    """Return the sizes that the names of sizes have in what was guessed before."""
    return {
        text: size
        for name, guess in made.items()
        for shape in said.shapes.get(name, ())
        if len(shape) == len(guess.shape)
        for text, size in zip(shape, guess.shape, strict=True)
        if not text.isdigit() or int(text) >= _LARGE
    }


def _options(text: str, free: int, samples: Sequence[int]) -> Sequence[int]:
    both = (free, *samples[:1])
    return both[::-1] if _COUNTS.match(text) else both


def _size(text: str, known: Mapping[str, int]) -> int | None:
    """Return what a size comes to; None where that is not known."""
    if text in known:
        return known[text]
    try:
        return _value(ast.parse(text, mode="eval").body, known)
    except (SyntaxError, KeyError):
        return None


def _value(node: ast.expr, known: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int(value)) if value < _LARGE:
            return value
        case ast.Name(id=name):
            return known[name]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left, known) + _value(right, known)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return max(1, _value(left, known) - _value(right, known))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left, known) * _value(right, known)
    raise KeyError(ast.unparse(node))
