r"""Numeric derivatives of all loss candidates at once, along lines through a point.

Central differences at two steps h and h/4, extrapolated (Richardson). The smaller step is so
small that truncation is no more than about 1e-10 of the derivative, and that few kinks of a
network are within reach; the difference between the two is the bar, as it shows noise and
kinks on the way. Of several kinks, that may be next to nothing by chance. But the second
differences show them as well, by not falling with h as those of a smooth loss do, and so they
show a kink at the point itself. Rounding of the loss adds its own share.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

Line: TypeAlias = Callable[[float], Array]
"""Gives the values of C candidates at a step along a line."""

STEP = 4e-5
"""The larger step, relative to the norm of the parameter."""

_RATIO = 4.0
_EPS = float(np.finfo(float).eps)
_ROUNDING = 8.0
_SAFETY = 2.0


@record
class Slopes:
    """Derivatives of C candidates, each within `bar` of `value`; infinite where there is none."""

    value: Array
    bar: Array


def slopes(line: Line, base: Array, size: float) -> Slopes:
    """Differentiate along a line; `base` (C) are the values at the point, `size` its norm."""
    wide, narrow = STEP * size, STEP / _RATIO * size
    first, first_bend = _central(line, base, wide)
    second, second_bend = _central(line, base, narrow)
    value = (_RATIO**2 * second - first) / (_RATIO**2 - 1)
    rounding = _ROUNDING * _EPS * np.abs(base) / narrow
    bent = np.abs(first_bend - _RATIO * second_bend) / 2
    kink = np.where(bent > 2 * rounding, bent, 0.0)
    bar = _SAFETY * np.maximum(np.abs(first - second), kink) + rounding
    known = np.isfinite(value) & np.isfinite(bar)
    return Slopes(value=np.where(known, value, 0.0), bar=np.where(known, bar, np.inf))


def _central(line: Line, base: Array, step: float) -> tuple[Array, Array]:
    """Return the central difference, and by how much the slope ahead is more than that behind."""
    with np.errstate(all="ignore"):
        ahead, behind = line(step), line(-step)
        return (ahead - behind) / (2 * step), (ahead - 2 * base + behind) / step
