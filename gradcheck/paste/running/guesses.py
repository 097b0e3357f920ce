"""The guesses that are worth trying for unseen data, the likeliest first."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from gradcheck.paste.running.data import Guess, Hint
from gradcheck.paste.running.facts import STEPS, Facts
from gradcheck.paste.running.sources import hint_of
from gradcheck.paste.running.stated import stated

_PRIMES = (5, 7, 3, 2, 13, 17, 19)
_SAMPLES = 11
_FREE = 23
_BATCHES = 5
_MOST_ENTRIES = 4_000_000
_MOST_CLASSES = 40
_MOST_SIZES = 14
_MOST_PAIRS = 60
_RATE = 0.1
"""A learning rate; a smaller number would move nothing but by rounding."""

_PICTURES = re.compile(r"(?i)(^|_)(im|ims|imgs?|pics?|digits?)($|_|\d)|image|picture|pixel|photo")

_NUMBERS: tuple[tuple[str, float | int], ...] = (
    (r"^(lr|alpha|eta|mu|rate|l_?rate|lrate|step(_size)?)$|learning_?rate", 0.1),
    (r"epoch|iter|^n_?steps$|num_steps|^steps$|rounds|^n$", 5),
    (r"batch", 4),
    (STEPS, 4),
    (r"^(lam|lamb|lamda|lambd|lambda_?|reg\w*|decay|l2\w*|C)$|regular|penalty|weight_?decay", 0.3),
    (r"^(eps|epsilon|tol\w*)$", 1e-8),
    (r"moment|^beta\d?$|^gamma$|^rho$", 0.9),
    (r"keep_?prob|dropout|p_?drop", 0.8),
    (r"verbose|print|plot|debug", 0),
    (r"seed", 0),
    (r"^(n|num|size|dim)_?(x|in|inputs?|features?)\w*$", 5),
    (r"(^|_)in(put)?_?(size|dim|nodes|units|features|layer_size)", 5),
    (r"^(n|num|size|dim)_?(h|hid)\w*$|hidden", 7),
    (r"^(n|num|size|dim)_?(y|o|out|outputs?|classes|labels|targets)\w*$", 3),
    (r"(^|_)out(put)?_?(size|dim|nodes|units|features|layer_size)", 3),
    (r"^m$", _SAMPLES),
)


_WEIGHT = Guess(shape=(), kind="number", number=0.7)


def number(name: str) -> float | int | None:
    """Return what a number of this name customarily is."""
    lowered = name.lower()
    return next((value for pattern, value in _NUMBERS if re.search(pattern, lowered)), None)


def guesses(name: str, hint: Hint, given: Facts, made: Mapping[str, Guess]) -> Iterator[Guess]:
    """Yield guesses in the order in which they are to be preferred, some of them twice."""
    numbers = {**given.numbers, **{str(size): size for size in given.sizes}}
    told = list(stated(name, hint, given.said, made, numbers, given.samples))
    yield from (guess for guess in told if guess.shape)
    usual = number(name)
    if usual is not None:
        usual = max(usual, _RATE) if name in given.rates else usual
        yield Guess(shape=(), kind="number", number=usual)
    yield from (guess for guess in told if not guess.shape)
    if name in given.pairs:
        yield from islice(_pairs(given, made), _MOST_PAIRS)
    for guess in _usual(name, hint, given, made):
        yield replace(guess, contrary=True) if told or usual is not None else guess


def _usual(name: str, hint: Hint, given: Facts, made: Mapping[str, Guess]) -> Iterator[Guess]:
    used, free, sizes = _sizes_of(given, made)
    samples = _samples_of(given, made)
    own = [size for size in sizes if size not in given.samples]
    match hint:
        case "table":
            yield from _tables(samples, [*free, *sizes])
        case "labels" | "index":
            if hint == "index":
                yield Guess(shape=(), kind="number", number=1)
            yield from _labels(samples, [*sizes, *free], signs=given.said.signs)
            yield from _features(samples, [*free, *sizes])
        case "layers":
            yield from _layers([*free, *sizes])
        case "parameter":
            if given.plain:
                yield _WEIGHT
            yield from _parameters(own, free)
            yield from _features(samples, [*free, *sizes])
        case "array":
            features = _features(samples, [*free, *sizes])
            if given.picks:
                yield from (Guess(shape=(size,), kind="normal") for size in used)
            yield from _sequences(samples, given, made)
            if _PICTURES.search(name):
                yield from islice(features, 2)
                yield from _pictures(samples)
            yield from features
            yield from _labels(samples, [*sizes, *free], signs=given.said.signs)
            yield from _parameters(own, free)


def _sizes_of(given: Facts, made: Mapping[str, Guess]) -> tuple[list[int], list[int], list[int]]:
    """Return the sizes that other data have, one that nothing has, and all that there are."""
    used = [size for guess in made.values() for size in guess.shape if size > 1]
    free = [prime for prime in _PRIMES if prime not in used and prime not in given.sizes][:1]
    sizes = list(dict.fromkeys([*reversed(used), *given.sizes]))[: _MOST_SIZES + len(used)]
    return used, free, sizes


def _features(samples: Sequence[int], sizes: Sequence[int]) -> Iterator[Guess]:
    wide = [(m, d) for m in samples for d in sizes if m * d <= _MOST_ENTRIES and d != m]
    for m, d in wide:
        yield Guess(shape=(m, d), kind="normal")
        yield Guess(shape=(d, m), kind="normal")
    for m in samples:
        yield Guess(shape=(m,), kind="normal")
    yield from _pictures(samples)
    for d in sizes:
        yield Guess(shape=(d,), kind="normal")
    for size in [*samples, *sizes]:
        for shape in ((size, 1), (1, size)):
            yield Guess(shape=shape, kind="normal", doubtful=True)


def _pairs(given: Facts, made: Mapping[str, Guess]) -> Iterator[Guess]:
    """Yield pairs of an input and its target, of the sizes that layers or other pairs have.

    All batches are full: where a step divides by a number of samples, it is the same in each. And
    they are so many that no plain factor stands for their number.
    """
    others = [guess for guess in made.values() if guess.kind in ("pairs", "labelled pairs")]
    known = [(max(guess.shape[1:]), guess.classes) for guess in others]
    _, free, sizes = _sizes_of(given, made)
    ordered = list(dict.fromkeys([*itertools.chain(*given.ends), *free, *sizes]))
    rest = [(d, c) for d, c in itertools.permutations(ordered, 2) if c <= _MOST_CLASSES]
    rest.sort(key=lambda pair: sum(map(ordered.index, pair)))
    count = given.batch * _BATCHES if given.batch > 1 else _SAMPLES
    for d, c in dict.fromkeys([*known, *given.ends, *rest]):
        for shape in ((count, d, 1), (count, d), (count, 1, d)):
            yield Guess(shape=shape, kind="pairs", classes=c)
            yield Guess(shape=shape, kind="labelled pairs", classes=c)


def _sequences(samples: Sequence[int], given: Facts, made: Mapping[str, Guess]) -> Iterator[Guess]:
    """Yield samples of several steps each, where the program speaks of the number of these."""
    numbers = {name: guess.number for name, guess in made.items() if guess.kind == "number"}
    numbers |= given.numbers
    known = [number for name, number in numbers.items() if re.search(STEPS, name)]
    few = [n for n in (*numbers.values(), *given.sizes) if n == int(n) and 2 <= n <= _MOST_CLASSES]
    for count in known or dict.fromkeys([number(given.steps), *few]) if given.steps else ():
        for size in dict.fromkeys(few):
            if size != count:
                shapes = ((m, int(count or 1), int(size)) for m in samples)
                yield from (Guess(shape=shape, kind="normal") for shape in shapes)


def _pictures(samples: Sequence[int]) -> Iterator[Guess]:
    for m in samples:
        yield Guess(shape=(m, 28, 28), kind="normal")


def _labels(samples: Sequence[int], sizes: Sequence[int], *, signs: bool) -> Iterator[Guess]:
    counts = [d for d in sizes if 2 <= d <= _MOST_CLASSES]
    counts.sort(key=lambda d: d in samples)
    for m in samples if signs else ():
        for shape in ((m, 1), (1, m), (m,)):
            yield Guess(shape=shape, kind="signs")
    for m in samples:
        yield Guess(shape=(m, 1), kind="binary")
        yield Guess(shape=(1, m), kind="binary")
        yield Guess(shape=(m,), kind="classes")
    for classes in counts:
        for m in samples:
            yield Guess(shape=(m, classes), kind="one-hot rows")
            yield Guess(shape=(classes, m), kind="one-hot columns")
            yield Guess(shape=(m,), kind="classes", classes=classes)
    for classes in counts:
        for m in samples:
            for shape in ((m, 1), (1, m)):
                yield Guess(shape=shape, kind="classes", classes=classes)
    for d in counts:
        yield Guess(shape=(1, d), kind="one-hot rows")
        yield Guess(shape=(d, 1), kind="one-hot columns")


def _parameters(own: Sequence[int], free: Sequence[int]) -> Iterator[Guess]:
    for a in own:
        for b in [*free, *own]:
            if a != b and a * b <= _MOST_ENTRIES:
                yield Guess(shape=(a, b), kind="normal")
                yield Guess(shape=(b, a), kind="normal")
        for shape in ((a, 1), (1, a), (a,)):
            yield Guess(shape=shape, kind="normal")
    for a in free:
        for shape in ((a, _FREE), (a, 1), (1, a), (a,)):
            yield Guess(shape=shape, kind="normal")
    yield _WEIGHT


def _layers(sizes: Sequence[int]) -> Iterator[Guess]:
    for into in sizes:
        for out in (3, 1):
            shape = (into, _FREE, out)
            yield Guess(shape=shape, kind="layers of columns")
            yield Guess(shape=shape, kind="layers of rows")


def _tables(samples: Sequence[int], sizes: Sequence[int]) -> Iterator[Guess]:
    # A program that makes a column for each label it finds may need as many as it has outputs.
    others = [size for size in sizes[1:] if 2 < size <= _MOST_CLASSES and size != 10]
    for m in samples:
        for d in sizes:
            for columns in (d + 1, d, d + 2):
                if columns > 1 and m * columns <= _MOST_ENTRIES:
                    more = others if columns == sizes[0] + 1 else ()
                    for classes in (2, 10, *more):
                        yield Guess(shape=(m, columns), kind="classes", classes=classes)


def _samples_of(given: Facts, made: Mapping[str, Guess]) -> tuple[int, ...]:
    """Return how many samples there may be: as many as in the data that were guessed before."""
    sizes = [
        size
        for name, guess in made.items()
        if hint_of(name) != "parameter" and not guess.kind.startswith("layers")
        for size in guess.shape
        if size > 1
    ]
    usual = [size for size in given.samples if size in sizes]
    return tuple(dict.fromkeys([*usual, *sizes, *given.samples]))
