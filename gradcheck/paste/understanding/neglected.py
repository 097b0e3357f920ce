"""Parameters that a step forgets to update: overwritten by their gradients, or left as they are.

What is turned round before its gradient is added counts as overwritten, too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.candidates import Candidate, values
from gradcheck.paste.understanding.fit import fit
from gradcheck.paste.understanding.influence import shaken
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured, measured
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.points import Draw, drawn
from gradcheck.paste.understanding.steps import Step, Trial
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.paste.understanding.words import DATA, TARGETS, gradient_of, says
from gradcheck.record import record

_POINTS = 2
_MOST = 12
_SHARES = (0.0, -1.0)
"""How much of a parameter that is overwritten, or turned round, is left in what it becomes."""


@record
class Neglected:
    """A number that the loss depends on; `overwritten` by a multiple of its gradient, or idle.

    Of an idle one, `exact` tells whether the gradient variable that has its name is its gradient.
    """

    path: Path
    overwritten: bool
    exact: bool


def neglected(inquiry: Inquiry, candidate: int) -> list[Neglected]:
    """Return what seems to be a parameter but is not updated as one."""
    step = replace(inquiry.step, paths=None)
    base = step.trial({}, step.plan(frozenset()))
    if base.failed:
        return []
    loss = inquiry.candidates[candidate]
    found = []
    for path in _felt(inquiry, loss, list(_suspects(inquiry, base))[:_MOST]):
        points = list(alone(inquiry, loss, path))
        if points and any(_is_left(points, path, share) for share in _SHARES):
            found.append(Neglected(path=path, overwritten=True, exact=True))
    for path, other in _felt_idle(inquiry, candidate, base):
        exact = _is_exact(inquiry, loss, path, other)
        found.append(Neglected(path=path, overwritten=False, exact=exact))
    return found


def _suspects(inquiry: Inquiry, base: Trial) -> Iterator[Path]:
    """Yield what the step changes, but not by adding to it."""
    for path in inquiry.found.others:
        old, new = base.before.values.get(path), base.after.values.get(path)
        if old is None or new is None or np.shape(frozen(old)) != np.shape(frozen(new)):
            continue
        if np.asarray(frozen(new)).dtype.kind == "f" and inquiry.step.can_set(path):
            yield path


def _felt(inquiry: Inquiry, loss: Candidate, paths: list[Path]) -> list[Path]:
    """Return the paths that the loss depends on, at the step's start."""
    point, still = inquiry.points[0].point, inquiry.points[0].losses
    known = still[inquiry.candidates.index(loss)]
    felt = []
    for seed, path in enumerate(paths):
        there = shaken(inquiry.base.before.values[path], seed)
        value = _loss(inquiry, loss, {**point, path: there})
        if np.isfinite(value) and value != known:
            felt.append(path)
    return felt


def _loss(inquiry: Inquiry, loss: Candidate, point: Mapping[Path, Any]) -> float:
    sites = frozenset({loss.site})
    step = replace(settable(inquiry.step, point), paths=())
    trial = step.trial(point, step.plan(sites), rate=0.0, recorded=sites)
    return float(values([loss], trial.events)[0])


def settable(step: Step, paths: Mapping[Path, Any]) -> Step:
    """Return a step whose trials may set these paths as well."""
    own = tuple(path.root for path in paths if step.owns(path))
    return replace(step, variables=tuple(dict.fromkeys((*step.variables, *own))))


def alone(inquiry: Inquiry, loss: Candidate, path: Path) -> Iterator[Measured]:
    """Measure what is no parameter of the step as its only one, at the points of the others."""
    old = inquiry.base.before.values[path]
    for seed, one in enumerate(inquiry.points[:_POINTS]):
        point = {**one.point, path: drawn(old, Draw(seed=seed), 0)}
        # Buffers of momentum, which are no part of the gradient, are empty at first.
        step = replace(settable(inquiry.step, point), first=inquiry.points[0].first)
        found = measured(step, [path], [loss], point)
        if found is not None:
            yield found


def _is_left(points: Sequence[Measured], path: Path, share: float) -> bool:
    """Tell whether a parameter becomes so much of itself, and else a multiple of its gradient."""
    rows = [one.rows(path, 0, _new(one, path) - share * _own(one, path)) for one in points]
    return fit(rows).exact


def _new(one: Measured, path: Path) -> Array:
    """Return what a parameter was overwritten with: its value less the claim."""
    claim: Array = np.asarray(one.claims[path])
    return _own(one, path) - claim


def _own(one: Measured, path: Path) -> Array:
    return np.asarray(one.point[path], dtype=float)


def _felt_idle(inquiry: Inquiry, candidate: int, base: Trial) -> Iterator[tuple[Path, Path]]:
    """Yield what the step leaves as it is, with the gradient variable that has its name.

    Data have one too, where the backward pass ends at them, or starts: that is not neglected.
    """
    loss, targets = inquiry.candidates[candidate], [*_targets(inquiry, candidate)]
    after = base.after.values
    changed = {*inquiry.found.others, *inquiry.parameters}
    chains: dict[tuple[int, ...], list[tuple[Path, tuple[str, ...]]]] = defaultdict(list)
    for other, value in after.items():
        chains[np.shape(value)].append((other, other.chain))
    kinds = Counter(_kind(path, old) for path, old in base.before.values.items())
    for path, old in base.before.values.items():
        if path in changed or path not in after or not inquiry.step.can_set(path):
            continue
        if says(path.last, DATA | TARGETS):
            continue
        if not isinstance(old, np.ndarray) or old.dtype.kind != "f":
            continue
        if kinds[_kind(path, old)] > _MOST or any(same(old, target) for target in targets):
            continue
        own = path.chain
        named = (other for other, chain in chains[old.shape] if gradient_of(own, chain))
        gradient = next(named, None)
        if gradient is not None and _felt(inquiry, loss, [path]):
            yield path, gradient


def _targets(inquiry: Inquiry, candidate: int) -> Iterator[Any]:
    """Yield what a loss compares predictions with: of which its gradient is known, too."""
    for index, one in enumerate(inquiry.candidates):
        if one.standard and inquiry.parallel(index, candidate, everywhere=True):
            own = (event for event in inquiry.base.events if event.site == one.site)
            yield from (event.right if one.left else event.left for event in own)


def _kind(path: Path, value: Any) -> tuple[Any, ...]:
    """Return what samples have in common that a program keeps one by one: names, and the shape."""
    return path.scope, path.chain, np.shape(value)


def _is_exact(inquiry: Inquiry, loss: Candidate, path: Path, other: Path) -> bool:
    points = list(alone(inquiry, loss, path))
    rows = []
    for one in points:
        step = replace(settable(inquiry.step, one.point), first=one.first, paths=(other,))
        trial = step.trial(one.point, step.plan(frozenset()))
        gradient = frozen(trial.after.values.get(other))
        if gradient is None or np.shape(gradient) != np.shape(one.point[path]):
            return False
        rows.append(one.rows(path, 0, gradient))
    return bool(rows) and fit(rows).exact
