"""Points to judge changes at that do not depend on what was changed before."""

from collections.abc import Iterator
from dataclasses import replace

from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured, measured, point
from gradcheck.paste.understanding.points import Draw

_COUNT = 3
_FEWER = 2
_SLOW = 0.02
_SEED = 41
_SIZE = 0.3
"""Further points are nearer to the program's own, where more can be measured."""


def steady(inquiry: Inquiry) -> Iterator[Measured]:
    """Yield points at the first iteration that was measured: those there are, and further ones."""
    first = min(one.first for one in inquiry.points)
    same = [one for one in inquiry.points if one.first == first]
    yield from same
    step = replace(inquiry.step, first=first)
    count = _FEWER if inquiry.base.seconds > _SLOW else _COUNT
    for seed in range(_SEED, _SEED + count - len(same)):
        for size in (1.0, _SIZE):
            drawn = point(step, inquiry.parameters, Draw(seed=seed, size=size))
            if drawn is None:
                return
            one = measured(step, inquiry.parameters, inquiry.candidates, drawn)
            if one is not None:
                yield one
                break
