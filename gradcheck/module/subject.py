"""The subject: code of the user's, as something whose loss and claims can be asked for."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Protocol

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS
from gradcheck.problem import Claims, Fact
from gradcheck.record import record

UPSTREAM = "upstream"
"""The name of the upstream gradient among a layer's data."""


@record
class Point:
    """Where a subject is asked: what it is differentiated by, and all else it is given."""

    parameters: Mapping[str, Array]
    data: Mapping[str, Array]


@record
class About:
    """What is known of a subject before anything is checked.

    `own` is the user's own point; `inputs` names those of its parameters that are inputs of a
    layer, `claimed` those that gradients are claimed for. `batch` is the number of samples, where
    that is known. With `dumped` claims there are none at other points. `limits` are what is claimed
    at the own point by training steps of next to no length, where that makes a difference.
    `epsilon` is the unit of rounding of the losses.
    """

    name: str
    own: Point
    claimed: frozenset[str]
    inputs: tuple[str, ...] = ()
    batch: int | None = None
    dumped: bool = False
    limits: Mapping[str, Array] = field(default_factory=dict)
    epsilon: float = EPS
    facts: tuple[Fact, ...] = ()
    remarks: tuple[str, ...] = ()


@record
class Moved:
    """One parameter at K values, along the first axis; everything else stays at a point."""

    parameter: str
    values: Array


@record
class Losses:
    """K losses and their magnitudes: the sums of the absolute terms, by real and imaginary part."""

    value: Array
    magnitude: Array

    @staticmethod
    def of(value: Callable[[Mapping[str, Array]], complex], point: Point, moved: Moved) -> "Losses":
        """Evaluate a loss of one term at each move of a parameter from a point."""
        values = np.asarray([value({**point.parameters, moved.parameter: v}) for v in moved.values])
        magnitude = np.abs(values.real)
        if np.iscomplexobj(values):
            magnitude = magnitude + 1j * np.abs(values.imag)
        return Losses(value=values, magnitude=magnitude)


class Subject(Protocol):
    """Code under check, here or in another process.

    Whatever the code itself does wrong is a ClaimError. `losses` raises NotAnalyticError where
    complex values do not come through.
    """

    @property
    def about(self) -> About:
        """What is known of it."""

    def losses(self, point: Point, moved: Moved) -> Losses:
        """Return the losses with one parameter moved."""

    def claims(self, point: Point) -> Claims:
        """Return the gradients that are claimed at a point."""

    def output(self, point: Point) -> Array | None:
        """Return what a layer makes of its inputs; None of what is no layer."""
