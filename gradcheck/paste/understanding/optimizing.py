"""What an optimizer keeps from step to step beside the parameters: velocities, running means."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.points import Draw, drawn
from gradcheck.paste.understanding.steps import Trial
from gradcheck.paste.understanding.values import frozen
from gradcheck.record import record

_SAME = 1e-9


@record
class _Pair:
    """Two trials of a step that differ in something kept, and the gradient in each."""

    kept: Path
    moved: Trial
    plain: Trial
    gradients: tuple[Any, Any]

    def ends(self, trial: Trial) -> Array:
        return np.asarray(frozen(trial.after.values[self.kept]))

    def growth(self, trial: Trial) -> Array:
        return np.asarray(trial.change(self.kept))


def has_state(inquiry: Inquiry, path: Path, site: int, point: Measured) -> bool:
    """Tell whether something that the step keeps changes the update, but not the gradient.

    It may change the gradient where that is taken ahead, at what the parameter becomes by it. What
    is nothing but the sum of all gradients so far is no optimizer: they were to be forgotten.
    """
    for pair in _pairs(inquiry, path, site, point):
        changes = pair.moved.change(path), pair.plain.change(path)
        if np.array_equal(*changes) or _collects(pair, path):
            continue
        if np.array_equal(*pair.gradients) or _is_multiple(changes[0], pair.ends(pair.moved)):
            return True
    return False


def _pairs(inquiry: Inquiry, path: Path, site: int, point: Measured) -> Iterator[_Pair]:
    """Yield trials that differ in what has the shape of a parameter.

    In the first iteration of all there may be no such thing yet, or a zero that stands for it.
    """
    shape, sites = np.shape(point.point[path]), frozenset({site})
    bases = inquiry.base.before.values, inquiry.found.base.before.values
    for other in inquiry.found.others:
        seen = (base[other] for base in bases if other in base)
        held = next((value for value in seen if np.shape(value) == shape), None)
        if held is None or other.is_variable:
            continue
        paths = (*inquiry.parameters, other)
        step = replace(inquiry.step, first=point.first, paths=paths)
        there = np.abs(drawn(held, Draw(seed=5), 0)) + np.abs(frozen(held))
        moved = step.trial({**point.point, other: there}, step.plan(sites), recorded=sites)
        plain = step.trial(point.point, step.plan(sites), recorded=sites)
        if moved.failed or plain.failed or not moved.events or not plain.events:
            continue
        gradients = moved.events[-1].value, plain.events[-1].value
        yield _Pair(kept=other, moved=moved, plain=plain, gradients=gradients)


def _collects(pair: _Pair, path: Path) -> bool:
    """Tell a sum of gradients that is applied as it is, and never emptied."""
    one, other = pair.growth(pair.moved), pair.growth(pair.plain)
    if one.shape != other.shape or not np.any(one):
        return False
    if np.linalg.norm(one - other) > _SAME * np.linalg.norm(pair.ends(pair.moved)):
        return False
    one = np.asarray(pair.moved.change(path)) * pair.ends(pair.plain)
    other = np.asarray(pair.plain.change(path)) * pair.ends(pair.moved)
    return bool(np.linalg.norm(one - other) <= _SAME * np.linalg.norm(one))


def _is_multiple(change: Any, value: Any) -> bool:
    """Tell what is another thing times a number; for a single number, the thing itself."""
    one, other = np.ravel(change), np.ravel(value)
    if one.shape != other.shape or not np.any(other):
        return False
    factor = one @ other / (other @ other) if one.size > 1 else np.sign(one * other)
    return bool(np.linalg.norm(one - factor * other) <= _SAME * np.linalg.norm(one))
