"""Points to judge changes at: with further parameters, or where no earlier change shows."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np

from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured, measured, point
from gradcheck.paste.understanding.neglected import settable
from gradcheck.paste.understanding.points import Draw, drawn
from gradcheck.paste.understanding.steps import Point

_COUNT = 3
_FEWER = 2
_SLOW = 0.02
_SEED = 41
_SIZE = 0.3
"""Further points are nearer to the program's own, where more can be measured."""


def widened(inquiry: Inquiry, names: Collection[str]) -> Inquiry:
    """Return an inquiry in which what the step overwrites is a parameter, too.

    It is the same where there is nothing like that, or nothing can be measured of it.
    """
    values = inquiry.base.before.values
    more = tuple(path for path in inquiry.found.others if str(path) in names)
    points = list(_widened(inquiry, {path: values[path] for path in more})) if more else []
    if not points:
        return inquiry
    found = replace(
        inquiry.found,
        parameters=tuple(points[0].point),
        shapes={path: np.shape(value) for path, value in points[0].point.items()},
    )
    step = settable(inquiry.step, points[0].point)
    return Inquiry(found, step, inquiry.base, inquiry.candidates, points)


def _widened(inquiry: Inquiry, more: Point) -> Iterator[Measured]:
    for seed, one in enumerate(inquiry.points):
        there = {path: drawn(value, Draw(seed=_SEED + seed), 0) for path, value in more.items()}
        wide = {**one.point, **there}
        step = replace(settable(inquiry.step, wide), first=inquiry.points[0].first)
        found = measured(step, tuple(wide), inquiry.candidates, wide)
        if found is not None:
            yield found


def steady(inquiry: Inquiry) -> Iterator[Measured]:
    """Yield points at the first iteration that was measured: those there are, and further ones."""
    first = min(one.first for one in inquiry.points)
    same = [one for one in inquiry.points if one.first == first]
    yield from same
    step = replace(inquiry.step, first=first)
    count = _FEWER if inquiry.base.seconds > _SLOW else _COUNT
    for seed in range(_SEED, _SEED + count - len(same)):
        for size in (1.0, _SIZE):
            there = point(step, inquiry.parameters, Draw(seed=seed, size=size))
            if there is None:
                return
            one = measured(step, inquiry.parameters, inquiry.candidates, there)
            if one is not None:
                yield one
                break
