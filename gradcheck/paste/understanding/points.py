"""Random points to try a step from, and directions to differentiate along."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.paste.understanding.values import frozen
from gradcheck.record import record

_LARGEST = 0.3
"""Where a program's entries are very small, or zero, larger ones show more; not above this."""

_FEW = 4
_DIRECTIONS = 2


@record
class Draw:
    """How a point is drawn: by which seed, and how large its entries are, against the program's."""

    seed: int
    size: float = 1.0


def drawn(value: Any, draw: Draw, key: int) -> Any:
    """Return random numbers in place of a parameter's, with entries of about the same size.

    Where all entries have one sign they keep it: they may be variances or scales.
    """
    array = np.asarray(frozen(value), dtype=float)
    chance = Chance([draw.seed, key])
    size = float(np.sqrt(np.mean(array**2)))
    noise = chance.normal(size=array.shape)
    telling = min(_LARGEST, 1 / float(np.sqrt(max(array.shape, default=1))))
    if size > telling / 10 and (np.all(array > 0) or np.all(array < 0)):
        moved = draw.size * array * np.exp(0.3 * noise)
    else:
        size = max(size, telling)
        moved = draw.size * (0.7 * array + 0.6 * size * noise)
    return moved if array.ndim else float(moved)


def directions(value: Any, claim: Any, seed: int, few: bool = False) -> Array:
    """Return unit directions (K, shape): every entry of a small parameter, else the claim and some.

    `few` asks for no more than the claim and one more.
    """
    array = np.asarray(frozen(value))
    if array.size <= (1 if few else _FEW):
        return np.eye(array.size).reshape(array.size, *array.shape)
    lines = Chance([seed]).normal(size=(1 if few else _DIRECTIONS, *array.shape))
    if claim is not None and np.any(claim):
        lines = np.concatenate([np.asarray(claim)[None], lines])
    norms: Sequence[float] = [float(np.linalg.norm(line)) for line in lines]
    return np.stack([line / norm for line, norm in zip(lines, norms, strict=True)])
