"""The precision in which code of the user's computes, whatever that of the numbers it is given.

In float32 a number that is moved by less than half a unit in its 24th bit stays what it was. So
moves far below that leave every result as it is, while moves above it change most; in double
precision results follow both.
"""

from collections.abc import Callable, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

EPS = 2.0**-52
FAR = 64.0
"""How many roundings of double precision a change must be worth, to be missed where it is not."""

MOST, LEAST = 0.5, 0.1
"""Shares of the results that follow moves, and that don't."""


@record
class _Format:
    """A floating-point format: its rounding unit, a move that shows in it and one that does not."""

    eps: float
    seen: float
    lost: float


FORMATS = (
    _Format(eps=2.0**-23, seen=2.0**-19, lost=2.0**-34),
    _Format(eps=2.0**-10, seen=2.0**-6, lost=2.0**-20),
)

Results = Callable[[Mapping[str, Array]], Array]


def coarsest(results: Results, own: Mapping[str, Array]) -> tuple[float, tuple[str, ...]]:
    """Return the unit of rounding of the least precise calculation, and what it is by.

    It is that of double precision, by nothing, unless moves of a value show another one.
    """
    base = results(own)
    found = {name: _eps(results, own, name, base) for name in own}
    eps = max(found.values(), default=EPS)
    return eps, tuple(name for name, unit in found.items() if unit > EPS)


def _eps(results: Results, own: Mapping[str, Array], name: str, base: Array) -> float:
    value = own[name]
    signs = np.where(np.arange(value.size).reshape(value.shape) % 2, -1.0, 1.0)
    unit = np.where(value == 0, float(np.max(np.abs(value), initial=0.0)) or 1.0, value) * signs

    def change(step: float) -> Array:
        moved = results({**own, name: value + step * unit})
        return np.abs(moved - base) if moved.shape == base.shape else np.zeros(base.shape)

    for one in FORMATS:
        lost = change(one.lost)
        if np.count_nonzero(lost) > MOST * lost.size:
            return EPS
        seen = change(one.seen)
        felt = seen * (one.lost / one.seen) > FAR * EPS * np.abs(base)
        count = np.count_nonzero(felt)
        if count and np.count_nonzero(lost[felt]) <= LEAST * count and _follows(change, one, felt):
            return one.eps
    return EPS


def _follows(change: Callable[[float], Array], one: _Format, felt: Array) -> bool:
    """Tell whether results follow all moves that the format shows, as those of steps do not."""
    return bool(np.count_nonzero(change(one.seen / 2)[felt]) > MOST * np.count_nonzero(felt))
