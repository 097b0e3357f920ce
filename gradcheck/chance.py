"""Random numbers from a few whole-number keys, the same with every version of NumPy.

Reports promise that the same seed gives the same bytes; NumPy's generators may change their streams
between versions (NEP 19), and importing them takes a seventh of a small check. The
numbers are SplitMix64's: a counter, well mixed (Steele, Lea and Flood, *Fast Splittable
Pseudorandom Number Generators*, OOPSLA 2014). Methods are named as NumPy's and mean the same.
"""

import math
from collections.abc import Iterable

import numpy as np

from gradcheck.array import Array, Shape

_MASK = 2**64 - 1
_BLOCK = 2**14
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_SERIES = [(-1) ** k * math.tau ** (2 * k + 1) / math.factorial(2 * k + 1) for k in range(12)]
"""The terms of a sine by turns; the next one is below the last digit within a quarter turn."""
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
        count = int(np.prod(size))
        if count > _BLOCK:
            return (self._normal_pairs(-(-count // 2))[:count] * deviation + mean).reshape(size)
        found, angle = self.random(size), self.random(size)
        flat, angles = found.reshape(-1), angle.reshape(-1)
        for first in range(0, len(flat), _BLOCK):
            some = slice(first, first + _BLOCK)
            radius = np.sqrt(-2 * np.log(1 - flat[some]))
            flat[some] = mean + deviation * radius * np.cos(2 * np.pi * angles[some])
        return found

    def _normal_pairs(self, count: int) -> Array:
        """Return twice so many normal numbers, two from each angle: where they are many, it tells.

        The cosine of turns t is that of t - 1/2 but for the sign, which is as likely; so is the
        sine. Both are sines of less than a quarter turn, and those have a short series.
        """
        found = np.empty((2, count))
        for first in range(0, count, _BLOCK):
            radius = np.sqrt(-2 * np.log(1 - self._some(min(_BLOCK, count - first))))
            turn = self._some(len(radius)) - 0.5
            size = np.abs(turn)
            one, other = found[:, first : first + len(radius)]
            np.multiply(radius, _sine(0.25 - size), out=one)
            turn = np.copysign(0.25 - np.abs(size - 0.25), turn)
            np.multiply(radius, _sine(turn), out=other)
        return found.reshape(-1)

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


def _sine(turns: Array) -> Array:
    """Return the sines of turns from -1/4 to 1/4 by their Taylor series, as exact as the digits."""
    squares, found = turns * turns, np.full(len(turns), _SERIES[-1])
    for coefficient in _SERIES[-2::-1]:
        found *= squares
        found += coefficient
    found *= turns
    return found


def _mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * _FIRST) & _MASK
    z = ((z ^ (z >> 27)) * _SECOND) & _MASK
    return z ^ (z >> 31)
