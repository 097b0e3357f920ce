"""How two gradients differ, in figures that a reader can act on."""

from collections.abc import Iterator

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.outer import Inner
from gradcheck.record import record

BLOCK = 2**14
"""Entries that are compared together."""

FAR = 1e100
"""Numbers up to here can be squared and summed."""

EXACT = 1e-9
"""A factor that holds for every entry to this fraction of the largest is the number it plainly is,
with nine digits."""

EQUAL = EXACT / 4
"""Gradients that differ by no more than this fraction are as good as the same."""

STRIP = 16
"""Stretches into which a heat strip cuts the flattened gradient."""


@record
class Evidence:
    """`relative` is |claimed - numeric| / |numeric| in norms, `ratio` the factor that fits best.

    Each is None where it has no meaning (a numeric gradient of zero, say). With `exact`, the factor
    holds for every entry.
    """

    relative: float | None
    ratio: float | None
    cosine: float | None
    exact: bool = False


class Moments:
    """How far a claimed gradient is from the numeric one, added up stretch by stretch."""

    def __init__(self) -> None:
        self._sums = np.zeros(2)

    def add(self, numeric: Array, apart: Array) -> None:
        """Take in a stretch of the numeric gradient, and by how much the claim differs from it."""
        self._sums += [numeric @ numeric, apart @ apart]

    @property
    def length(self) -> float:
        """The length of the numeric gradient."""
        return float(np.sqrt(self._sums[0]))

    @property
    def distance(self) -> float:
        """The length of the difference."""
        return float(np.sqrt(self._sums[1]))

    def evidence(self, claimed: Array, numeric: Array | Inner) -> Evidence:
        """Compare the two gradients that were taken in."""
        if 1 / FAR < self.length < FAR:
            with np.errstate(over="ignore", invalid="ignore"):
                return self._compared(claimed, numeric)
        numeric = numeric[:]
        unit = size(numeric, numeric)
        if unit == 0:
            return Evidence(relative=None, ratio=None, cosine=None)
        # Squares are beyond float64, except those of numbers near 1.
        return compare(claimed / unit, numeric / unit)

    def _compared(self, claimed: Array, numeric: Array | Inner) -> Evidence:
        length, distance = self.length, self.distance
        # The largest entry is no smaller than the mean square's root.
        if distance <= EQUAL * length / np.sqrt(len(claimed)):
            return Evidence(relative=distance / length, ratio=1.0, cosine=1.0, exact=True)
        sums = np.zeros(2)
        for c, n in _blocks(claimed, numeric):
            sums += [c @ c, c @ n]
        other, product = float(np.sqrt(sums[0])), float(sums[1]) / length**2
        rounded = float(f"{product:.9g}")
        exact = _apart(claimed, numeric, rounded) <= EXACT * size(claimed, claimed)
        return Evidence(
            relative=distance / length,
            ratio=rounded if exact else product,
            exact=exact,
            cosine=max(-1.0, min(1.0, product * (length / other))) if other else None,
        )


def compare(claimed: Array, numeric: Array) -> Evidence:
    """Compare two gradients of one parameter, entry by entry in the same order."""
    moments = Moments()
    with np.errstate(over="ignore", invalid="ignore"):
        for c, n in _blocks(claimed, numeric):
            moments.add(n, c - n)
    return moments.evidence(claimed, numeric)


def size(low: Array, high: Array) -> float:
    """Return the size of the largest entry of two arrays, one of which is below the other."""
    return float(max(np.max(high, initial=0.0), -np.min(low, initial=0.0)))


def _apart(claimed: Array, numeric: Array | Inner, ratio: float) -> float:
    """Return by how much the claim differs from the numeric gradient times a ratio, at most."""
    return max(float(np.max(np.abs(c - ratio * n))) for c, n in _blocks(claimed, numeric))


def _blocks(*arrays: Array | Inner) -> Iterator[tuple[Array, ...]]:
    """Yield stretches of flat arrays of one length that fit into the processor's cache."""
    for start in range(0, len(arrays[0]), BLOCK):
        yield tuple(array[start : start + BLOCK] for array in arrays)


def heat(wrong: Array, checked: Array) -> tuple[float, ...]:
    """Return the share of wrong entries among those checked in each stretch of a gradient."""
    count = min(STRIP, wrong.size)
    pieces = zip(
        np.array_split(wrong.ravel(), count), np.array_split(checked.ravel(), count), strict=True
    )
    return tuple(float(bad.sum() / max(1, seen.sum())) for bad, seen in pieces)


def pattern(wrong: Array, shape: Shape) -> str:
    """Say in words which entries are wrong; `wrong` has the parameter's shape."""
    if wrong.all():
        return "every entry"
    if len(shape) == 2:
        rows, columns = wrong.any(axis=1), wrong.any(axis=0)
        for name, hit, whole in (
            ("row", rows, wrong[rows]),
            ("column", columns, wrong[:, columns]),
        ):
            if whole.all():
                return _some(name, np.flatnonzero(hit))
    return _some("entry", np.flatnonzero(wrong.ravel())) if len(shape) == 1 else "scattered entries"


def _some(name: str, indices: Array) -> str:
    plural = {"entry": "entries"}.get(name, f"{name}s")
    shown = ", ".join(str(int(i)) for i in indices[:4])
    if len(indices) == 1:
        return f"only {name} {shown}"
    return f"only {plural} {shown}" + (f" and {len(indices) - 4} more" if len(indices) > 4 else "")
