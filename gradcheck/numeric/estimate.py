"""Numeric derivatives along lines, each with its error bar."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

EPS = float(np.finfo(np.float64).eps)


@record
class Values:
    """A loss along K lines at S steps: `value` of shape (S, K), and what its rounding scales with.

    `magnitude`, of the same shape, is the sum of the absolute loss terms: real parts in
    its real part, imaginary parts in its imaginary part. It is at least as large as `value` and
    much larger where terms cancel.
    """

    value: Array
    magnitude: Array


Lines: TypeAlias = Callable[[Array], Values]
"""Maps S steps, real or imaginary, to the loss at that step along each of K lines."""


@record
class Estimate:
    """Derivatives along K lines; the truth is within `bar` of `value`, all of shape (K).

    `left` and `right` are the one-sided derivatives; they differ by more than `gap_bar`
    only where the loss has a kink within the smallest step.
    """

    value: Array
    bar: Array
    left: Array
    right: Array
    gap_bar: Array

    def over(self, factor: float) -> "Estimate":
        """Return what is found when the lines had steps `factor` times as long as they say."""
        if factor == 1:
            return self
        return Estimate(
            value=self.value / factor,
            bar=self.bar / factor,
            left=self.left / factor,
            right=self.right / factor,
            gap_bar=self.gap_bar / factor,
        )

    @property
    def kinked(self) -> Array:
        """Tell the lines on which the one-sided derivatives differ."""
        return np.asarray(np.abs(self.right - self.left) > self.gap_bar)
