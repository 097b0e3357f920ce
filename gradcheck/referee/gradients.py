"""Numeric gradients of one parameter, as they were measured at one probe."""

from dataclasses import replace

from gradcheck.array import Array
from gradcheck.outer import Inner, Outer
from gradcheck.record import record
from gradcheck.referee.kinks import Interval
from gradcheck.settings import Method


@record
class Along:
    """The derivative along one random `direction` of a parameter, and how sure it is."""

    direction: Array
    value: float
    bar: float
    kinked: bool


@record
class Whole:
    """Derivatives by all entries of a parameter, and their bars, both flat."""

    value: Array | Inner
    bar: Array | Outer


@record
class Numeric:
    """The numeric gradient at some `entries` (flat) of a parameter, None for all.

    `interval` is there where kinks are; `along` where `entries` are not all.
    """

    method: Method
    entries: Array | None
    value: Array | Inner
    bar: Array | Outer
    interval: Interval | None
    along: Along | None

    @property
    def range(self) -> tuple[Array, Array]:
        """The least and the largest that each entry may be; the same array where there is one."""
        if self.interval is None:
            return self.value[:], self.value[:]
        return self.interval.low, self.interval.high

    def of(self, flat: Array) -> Array:
        """Return what an array has at these entries."""
        return flat if self.entries is None else flat[self.entries]

    def places(self, some: Array) -> Array:
        """Return the places in the parameter of some of these entries."""
        return some if self.entries is None else self.entries[some]

    def only(self, some: Array) -> "Numeric":
        """Return the same at some of these entries."""
        return replace(
            self,
            entries=self.places(some),
            value=self.value[some],
            bar=self.bar[some],
            interval=self.interval and self.interval.only(some),
        )
