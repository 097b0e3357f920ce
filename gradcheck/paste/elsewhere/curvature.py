r"""The largest curvature of a loss in units of the learning rate, from the program's own steps.

A step of gradient descent at the rate \(\eta\) multiplies errors by \(I - \eta H\). It is stable
as long as no eigenvalue of \(\eta H\) is above 2 (LeCun, Bottou, Orr and Müller, *Efficient
BackProp*, 1998, section 5). The product with a direction is a difference of two steps.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.paste.elsewhere.stage import Stage, flat, norm
from gradcheck.paste.understanding.paths import Path

LIMIT = 2.0

_TINY_RATE = 1e-6
"""At this share of the rate several steps are as good as made from one point."""

_STEP = 1e-3
_ROUNDS = 8
_SAMPLES = 8


def sharpness(stage: Stage) -> float | None:
    """Return the learning rate times the largest curvature, by power iteration from the start."""
    order = stage.parameters
    here = _displacement(stage, stage.start)
    if here is None:
        return None
    size = max(norm(stage.start), 1.0) * _STEP
    line = Chance([1]).normal(size=here.size)
    found = 0.0
    for _ in range(_ROUNDS):
        line = line / np.linalg.norm(line)
        there = _displacement(stage, _along(stage.start, order, size * line))
        if there is None:
            return None
        product = (here - there) / size
        found, line = float(line @ product), product
        if not np.any(product):
            break
    return found


def _displacement(stage: Stage, point: Mapping[Path, Any]) -> Array | None:
    """Return the mean step from a point, over a few iterations."""
    play = stage.play(point, _SAMPLES, rate=_TINY_RATE)
    if not play.steps or play.end.keys() != point.keys():
        return None
    moved = flat(play.end, stage.parameters) - flat(point, stage.parameters)
    return moved / (_TINY_RATE * play.steps) if np.all(np.isfinite(moved)) else None


def _along(point: Mapping[Path, Any], order: tuple[Path, ...], step: Array) -> dict[Path, Any]:
    found, at = {}, 0
    for path in order:
        value = np.asarray(point[path])
        moved = value + step[at : at + value.size].reshape(value.shape)
        found[path] = moved if moved.ndim else float(moved)
        at += value.size
    return found
