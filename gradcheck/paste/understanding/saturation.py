"""Points for units that are saturated at the usual ones: there, nothing shows of their weights."""

from dataclasses import replace

import numpy as np

from gradcheck.paste.understanding.inquiry import Inquiry, attempted
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.paths import Path

_FURTHER = (0.01, 0.001)
"""Sizes of points at which unscaled inputs, too, may leave units a slope."""

_SMOOTH = 1e-3


def softened(inquiry: Inquiry, candidate: int) -> Inquiry | None:
    """Return an inquiry from much smaller points; None where it says nothing new.

    It does where a parameter changes a candidate smoothly there, and at the usual points neither
    does, nor is updated.
    """
    usual = inquiry.points
    still = [p for p in inquiry.parameters if not any(_stirs(one, p, candidate) for one in usual)]
    for size in _FURTHER if still else ():
        points: list[Measured] = []
        for seed, first in enumerate((one.first for one in usual), 1):
            step = replace(inquiry.step, first=first)
            one = attempted(step, inquiry.found, inquiry.candidates, seed, (size,))
            if one is None or not all(_slopes(one, path, candidate) for path in still):
                break
            points.append(one)
        if len(points) == len(usual):
            return Inquiry(inquiry.found, inquiry.step, inquiry.base, inquiry.candidates, points)
    return None


def _stirs(one: Measured, path: Path, candidate: int) -> bool:
    return bool(np.any(one.claims[path]) or np.any(one.slopes[path][:, candidate]))


def _slopes(one: Measured, path: Path, candidate: int) -> bool:
    """Tell whether a candidate has a slope that no step or kink can make up."""
    slopes, bars = one.slopes[path][:, candidate], one.bars[path][:, candidate]
    return bool(np.all(bars < _SMOOTH * np.max(np.abs(slopes))))
