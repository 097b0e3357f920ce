"""Adam's two running means, and what makes up for their start: told from the steps themselves.

A constant gradient makes steps of equal size where the means are divided by 1 - b^t. Without that
the t-th step is (1 - b1^t) / sqrt(1 - b2^t) times that size, and every other mistake has a course
of its own.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.cause import Remark
from gradcheck.paste.elsewhere.optimizer import TURNS, Answer, Optimizer, is_one_of, optimizer
from gradcheck.paste.elsewhere.stage import Place, Stage
from gradcheck.paste.understanding.paths import Path
from gradcheck.record import record

_CLOSE = 1e-3
_MATTERS = 0.1
"""Courses that stay within this share of equal steps are none of a mistake's."""

_MOST_PATHS = 12


@record
class Course:
    """The course of a parameter's steps, the first being 1, and the mistake that it is the mark of.

    `first` is the size of the first step, `decays` are the constants of the two means.
    """

    code: str
    path: Path
    sizes: tuple[float, ...]
    first: float
    decays: tuple[float, float]
    place: Place


@lru_cache(maxsize=1)
def course(stage: Stage) -> Course | None:
    """Return the course of the first parameter whose optimizer is Adam with a mistake in it."""
    box = optimizer(stage)
    if box is None:
        return None
    return next((found for path in box.claims if (found := _course(box, path))), None)


def _course(box: Optimizer, path: Path) -> Course | None:
    plain = box.answer(path, {path: [1.0] * TURNS})
    twice = box.answer(path, {path: [2.0] * TURNS})
    if plain is None or twice is None:
        return None
    decays = _decays(plain, twice, 1), _decays(plain, twice, 2)
    sizes = [_size(step) for step in plain.steps]
    others = [_size(step) for step in twice.steps]
    one, two = decays
    if one is None or two is None or not np.allclose(sizes, others, rtol=_CLOSE):
        return None
    first = sizes[0]
    relative = np.array(sizes) / first
    if np.max(np.abs(relative - 1)) < _MATTERS:
        return None
    for code, expected in _expected(one, two, len(box.claims)):
        level = float(expected[0])
        if not np.allclose(relative, expected / level, rtol=_CLOSE):
            continue
        if code != "UPD10" and not is_one_of(first / level, box.numbers):
            continue
        return Course(
            code=code,
            path=path,
            sizes=tuple(relative),
            first=first,
            decays=(one, two),
            place=box.place(path),
        )
    return None


def _decays(plain: Answer, twice: Answer, power: int) -> float | None:
    """Return the constant of what is kept as a running mean of the gradient to some power."""
    for path, values in plain.kept.items():
        grown = twice.kept[path]
        if not np.any(values[0]) or not np.allclose(
            grown, 2.0**power * np.array(values), rtol=_CLOSE
        ):
            continue
        ratio = float(np.sum(values[1]) / np.sum(values[0]))
        constant = ratio - 1
        expected = [values[0] * (1 - constant**t) / (1 - constant) for t in range(1, TURNS + 1)]
        if 0 < constant < 1 and np.allclose(values, expected, rtol=_CLOSE):
            return constant
    return None


def _size(step: Array) -> float:
    """Return the size that all entries of a step have; NaN where they differ, or there is none."""
    sizes = np.abs(step).ravel()
    same = np.allclose(sizes, sizes[0], rtol=_CLOSE)
    return float(sizes[0]) if same and sizes[0] > 0 else float("nan")


def _expected(one: float, two: float, count: int) -> Iterator[tuple[str, Array]]:
    """Yield the courses that mistakes have, in units of the rate."""
    turns = np.arange(1, TURNS + 1)
    first, second = 1 - one**turns, 1 - two**turns
    yield "UPD02", first / np.sqrt(second)
    yield "UPD04", first / np.sqrt(second) * np.sqrt(1 - two) / (1 - one)
    yield "UPD03", first**2 / second
    yield "UPD05", np.sqrt(second) / first
    for step in range(2, min(count, _MOST_PATHS) + 1):
        for at in range(1, step + 1):
            late = step * (turns - 1) + at
            made = np.sqrt(1 - two**late) / (1 - one**late)
            yield "UPD10", first / np.sqrt(second) * made


def remark(stage: Stage, code: str, message: str, help: str) -> Iterator[Remark]:  # noqa: A002
    """Yield what is to be said of one mistake, if the steps have its course."""
    found = course(stage)
    if found is None or found.code != code:
        return
    one, two = found.decays
    sizes = ", ".join(f"{size:.3g}" for size in found.sizes)
    yield Remark(
        message=message,
        evidence=(
            (
                f"with a constant gradient the steps of {found.path} should be equal, and are "
                f"{sizes} times the first"
            ),
            f"that is the course of this mistake with b1 = {one:.6g} and b2 = {two:.6g}",
        ),
        help=help,
        place=found.place,
        parameters=(str(found.path),),
    )
