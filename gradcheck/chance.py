"""Random numbers from a few whole-number keys, the same with every version of NumPy.

Reports promise that the same seed gives the same bytes; NumPy's generators may change their streams
between versions (NEP 19), and importing them takes a seventh of a small check. The
numbers are SplitMix64's: a counter, well mixed (Steele, Lea and Flood, *Fast Splittable
Pseudorandom Number Generators*, OOPSLA 2014). Methods are named as NumPy's and mean the same.
"""

from collections.abc import Iterable

import numpy as np

from gradcheck.array import Array, Shape

_MASK = 2**64 - 1
_BLOCK = 2**14
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_STEPS = np.arange(1, _BLOCK + 1, dtype=np.uint64) * np.uint64(_STEP)


class Chance:
    """A stream of random numbers that is determined by its keys."""

    def __init__(self, keys: Iterable[int]) -> None:
        state = 0
        for key in keys:
            state = _mixed((state + _STEP + key) & _MASK)
        self._state = state

    def random(self, shape: int | Shape = ()) -> Array:
        """Return uniform numbers in [0, 1), with 53 random bits each."""
        count = int(np.prod(shape))
        found = np.empty(count)
        for first in range(0, count, _BLOCK):
            found[first : first + _BLOCK] = self._some(min(_BLOCK, count - first))
        return found.reshape(shape)

    def _some(self, count: int) -> Array:
        """Return the next numbers, few enough to stay in the processor's cache meanwhile."""
        bits = _STEPS[:count] + np.full(1, self._state, dtype=np.uint64)
        self._state = (self._state + count * _STEP) & _MASK
        shifted = np.empty_like(bits)
        for shift, factor in ((30, _FIRST), (27, _SECOND)):
            bits ^= np.right_shift(bits, np.uint64(shift), out=shifted)
            bits *= np.uint64(factor)
        bits ^= np.right_shift(bits, np.uint64(31), out=shifted)
        bits >>= np.uint64(11)
        return np.asarray(bits * 2.0**-53)

    def uniform(self, low: float, high: float, shape: int | Shape = ()) -> Array:
        return np.asarray(low + (high - low) * self.random(shape))

    def normal(self, mean: float = 0.0, deviation: float = 1.0, size: int | Shape = ()) -> Array:
        """Return normal numbers by the transform of Box and Muller (1958)."""
        found, angle = self.random(size), self.random(size)
        flat, angles = found.reshape(-1), angle.reshape(-1)
        for first in range(0, len(flat), _BLOCK):
            some = slice(first, first + _BLOCK)
            radius = np.sqrt(-2 * np.log(1 - flat[some]))
            flat[some] = mean + deviation * radius * np.cos(2 * np.pi * angles[some])
        return found

    def gamma(self, shape: int, size: int | Shape = ()) -> Array:
        """Return gamma-distributed numbers; a whole `shape` is a sum of exponential ones."""
        parts = [-np.log(1 - self.random(size)) for _ in range(shape)]
        return np.asarray(np.sum(parts, axis=0))

    def integers(self, low: int, high: int, size: int | Shape = ()) -> Array:
        """Return whole numbers from `low` up to, but without, `high`."""
        return np.asarray(low + np.floor(self.random(size) * (high - low))).astype(int)

    def signs(self, size: int | Shape = ()) -> Array:
        """Return -1 or 1, as floats."""
        return np.where(self.random(size) < 0.5, -1.0, 1.0)

    def permutation(self, count: int) -> Array:
        return np.argsort(self.random(count), kind="stable")

    def sample(self, population: int, count: int) -> Array:
        """Return `count` different whole numbers below `population`."""
        if 4 * count >= population:
            return self.permutation(population)[:count]
        drawn = np.empty(0, dtype=int)
        while len(drawn) < count:
            more = np.concatenate([drawn, self.integers(0, population, 2 * count)])
            _, first = np.unique(more, return_index=True)
            drawn = more[np.sort(first)]
        return drawn[:count]


def _mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * _FIRST) & _MASK
    z = ((z ^ (z >> 27)) * _SECOND) & _MASK
    return z ^ (z >> 31)
