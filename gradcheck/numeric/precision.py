"""The precision in which code of the user's computes, whatever that of the numbers it is given.

In float32 a number that is moved by less than half a unit in its 24th bit stays what it was. So
moves far below that leave every result as it is, while moves above it change most; in double
precision results follow both.
"""

from collections.abc import Callable, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS
from gradcheck.record import record

FAR = 64.0
"""How many roundings of double precision a change must be worth, to be missed where it is not."""

MOST, LEAST = 0.5, 0.1
"""Shares of the results that follow moves, and that don't."""


@record
class _Format:
    """A floating-point format: its rounding unit, moves of which any that follows shows in it, one
    that does not, and the unit of the next finer format.
    """

    eps: float
    seen: tuple[float, ...]
    lost: float
    finer: float


SINGLE = _Format(eps=2.0**-23, seen=(2.0**-19, 2.0**-14, 2.0**-9), lost=2.0**-34, finer=EPS)
HALF = _Format(eps=2.0**-10, seen=(2.0**-6,), lost=2.0**-16, finer=2.0**-23)

BENT = 0.25
"""How far from half the change half a move may take results, in units of the change."""

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

    tiny = change(SINGLE.lost)
    if np.count_nonzero(tiny) > MOST * tiny.size:
        return EPS
    # The coarser first, for in it larger moves follow as they do in the finer one.
    for one, lost in ((HALF, None), (SINGLE, tiny)):
        if _is_in(one, change, np.abs(base), change(one.lost) if lost is None else lost):
            return one.eps
    return EPS


def _is_in(one: _Format, change: Callable[[float], Array], size: Array, lost: Array) -> bool:
    """Tell whether results lose small moves, and follow larger ones, as they do in a format.

    What counts are those that would show the small ones in the next finer format.
    """
    for step in one.seen:
        seen = change(step)
        felt = seen * (one.lost / step) > FAR * one.finer * size
        count = np.count_nonzero(felt)
        if count and np.count_nonzero(lost[felt]) <= LEAST * count:
            half = change(step / 2)[felt]
            straight = np.abs(half - seen[felt] / 2) <= BENT * seen[felt]
            if np.count_nonzero(straight & (half > 0)) > MOST * count:
                return True
    return False
