"""Derivatives along a few lines, and the comparison of a value with many of them at once."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.record import record

LINES = 4
"""So many random lines tell a derivative from everything else."""

LARGEST = 40_000
"""A target has no more numbers."""

_STEP = 1e-5
"""So small a step moves few units over a kink, and none by much."""

_LEAST = 0.03
"""The smallest step of a number, as a share of that of the largest."""
_CLOSE = 1e-5


@record
class Target:
    """The loss's derivatives along some lines by a value, known by its name, at a line.

    What is `carried` is what a turn of a loop begins with.
    """

    name: str
    line: int
    directions: Array
    slopes: Array
    carried: bool = False


class Table:
    """Targets in a form in which a value is compared with many of them at once."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = targets
        groups: dict[tuple[int, ...], list[int]] = {}
        for k, one in enumerate(targets):
            groups.setdefault(one.directions.shape, []).append(k)
        self._by_shape: dict[tuple[int, ...], list[tuple[Array, Array, list[int]]]] = {}
        for (count, *shape), own in groups.items():
            lines = np.stack([targets[k].directions.reshape(count, -1) for k in own])
            slopes = np.stack([targets[k].slopes for k in own])
            self._by_shape.setdefault(tuple(shape), []).append((lines, slopes, own))

    def is_carried(self, value: Array) -> bool:
        """Tell a derivative by what is carried on; by anything where nothing of its shape is."""
        found = [self.targets[k] for k in self.matches(value)]
        alike = (one.directions.shape[1:] == value.shape for one in self.targets if one.carried)
        return any(one.carried for one in found) if any(alike) else bool(found)

    @property
    def shapes(self) -> frozenset[tuple[int, ...]]:
        return frozenset(self._by_shape)

    def matches(self, value: Array) -> Mapping[int, float]:
        """Return the numbers of the targets that a value is a multiple of, with the factors."""
        found = {}
        known = self._by_shape.get(value.shape, ()) if np.all(np.isfinite(value)) else ()
        for lines, slopes, own in known:
            along = lines @ value.ravel()
            factors = np.sum(along * slopes, axis=1) / np.sum(slopes * slopes, axis=1)
            left = np.linalg.norm(along - factors[:, None] * slopes, axis=1)
            near = left <= _CLOSE * np.linalg.norm(along, axis=1)
            for k in np.flatnonzero(near & (factors != 0)):
                found[own[k]] = float(factors[k])
        return found


def spread(seed: int, count: int, value: Array) -> Array:
    """Return random lines for steps of a value that suit each of its numbers.

    A step that suits the largest of them may go far beyond where the smallest are.
    """
    size = float(np.sqrt(np.mean(value**2))) or 1.0
    lines = Chance([seed, value.size]).normal(size=(count, *value.shape))
    return np.asarray(lines * (np.abs(value) + _LEAST * size))


def target(name: str, line: int, value: Array, slope: Callable[[Array], float]) -> Target | None:
    """Measure a target; None where the loss does not feel it, or can't be told."""
    lines = spread(line, LINES, value)
    slopes = []
    for one in lines:
        slopes.append(slope(_STEP * one) / _STEP)
        if not np.isfinite(slopes[-1]) or not slopes[-1]:
            return None
    return Target(name=name, line=line, directions=lines, slopes=np.array(slopes))
