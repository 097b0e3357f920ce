"""Claims and slopes of every parameter at a few random points of a step."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.candidates import Candidate, values
from gradcheck.paste.understanding.fit import Rows
from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.points import Draw, directions, drawn
from gradcheck.paste.understanding.slopes import Slopes, slopes
from gradcheck.paste.understanding.steps import Point, Step, Trial
from gradcheck.paste.understanding.values import frozen
from gradcheck.record import record

_EPS = float(np.finfo(float).eps)


_SLOW = 0.01
"""Seconds of a forward pass from which on fewer lines are differentiated along."""


@record
class Measured:
    """What one point shows: for each parameter claims (K) and slopes (K, C) of C candidates."""

    first: int
    point: Point
    lines: Mapping[Path, Array]
    claims: Mapping[Path, Any]
    claim_bars: Mapping[Path, float]
    slopes: Mapping[Path, Array]
    bars: Mapping[Path, Array]
    losses: Array

    @property
    def telling(self) -> int:
        """How many parameters are updated there."""
        return sum(bool(np.any(claim)) for claim in self.claims.values())

    def rows(self, path: Path, candidate: int, claim: Any = None) -> Rows:
        """Return one parameter's lines against one candidate, for another claim than the update."""
        lines = self.lines[path].reshape(len(self.lines[path]), -1)
        given = self.claims[path] if claim is None else claim
        bar = self.claim_bars[path] if claim is None else _EPS * float(np.linalg.norm(given))
        return Rows(
            point=self.first,
            claim=lines @ np.ravel(given),
            claim_bar=np.full(len(lines), bar),
            slope=self.slopes[path][:, candidate],
            slope_bar=self.bars[path][:, candidate],
        )


@record
class Still:
    """A step at a point with a rate of zero, whose losses can be differentiated from there."""

    step: Step
    candidates: Sequence[Candidate]
    point: Point
    trial: Trial
    losses: Array
    plan: Plan

    def slopes(self, path: Path, line: Array) -> Slopes:
        """Differentiate all candidates by a parameter along a line."""
        start = self.point[path]
        size = float(np.linalg.norm(np.asarray(start)))
        wanted = _sites(self.candidates)

        def at(amount: float) -> Array:
            moved = {**self.point, path: _moved(start, amount * line)}
            most = len(self.trial.events)
            trial = self.step.trial(moved, self.plan, rate=0.0, most=most, recorded=wanted)
            return values(self.candidates, trial.events, self.trial.events)

        return slopes(at, self.losses, max(size, 0.1 * float(np.sqrt(np.size(start)))))


def standing(step: Step, candidates: Sequence[Candidate], point: Point) -> Still | None:
    """Run a step at a point with a rate of zero; None where that fails or no loss is finite."""
    wanted = _sites(candidates)
    plan = step.plan(wanted)
    trial = step.trial(point, plan, rate=0.0, recorded=wanted)
    losses = values(candidates, trial.events)
    if trial.failed or not np.any(np.isfinite(losses)):
        return None
    return Still(
        step=step, candidates=candidates, point=point, trial=trial, losses=losses, plan=plan
    )


def _sites(candidates: Sequence[Candidate]) -> frozenset[int]:
    return frozenset(candidate.site for candidate in candidates)


def point(step: Step, parameters: Sequence[Path], draw: Draw) -> Point | None:
    """Draw a point for a step's parameters; None where the step can't be reached."""
    base = replace(step, paths=tuple(parameters)).trial({}, step.plan(frozenset()), most=0)
    if base.failed or any(path not in base.before.values for path in parameters):
        return None
    return {p: drawn(base.before.values[p], draw, key) for key, p in enumerate(parameters)}


def measured(
    step: Step,
    parameters: Sequence[Path],
    candidates: Sequence[Candidate],
    point: Point,
    *,
    few: bool = False,
) -> Measured | None:
    """Measure a step at a point; None where its code fails there or no candidate is finite.

    `few` asks for fewer lines, as slow steps have anyway.
    """
    step = replace(step, paths=tuple(parameters))
    real = step.trial(point, step.plan(frozenset()))
    if real.failed:
        return None
    claims = {path: _claim(step.claim(real, path), point[path]) for path in parameters}
    if any(claim is None for claim in claims.values()):
        return None
    still = standing(step, candidates, point)
    if still is None:
        return None
    few = few or still.trial.seconds > _SLOW
    lines = {p: directions(point[p], claims[p], key, few) for key, p in enumerate(parameters)}
    found: dict[Path, tuple[Array, Array]] = {}
    for path in parameters:
        one_by_one = [still.slopes(path, line) for line in lines[path]]
        found[path] = (
            np.stack([one.value for one in one_by_one]),
            np.stack([one.bar for one in one_by_one]),
        )
    return Measured(
        first=step.first,
        point=point,
        lines=lines,
        claims=claims,
        claim_bars={path: _rounding(point[path]) for path in parameters},
        slopes={path: value for path, (value, _) in found.items()},
        bars={path: bar for path, (_, bar) in found.items()},
        losses=still.losses,
    )


def _claim(change: Any, value: Any) -> Any:
    change = frozen(change)
    if change is None or np.shape(change) != np.shape(value) or not np.all(np.isfinite(change)):
        return None
    return np.asarray(change)


def _rounding(value: Any) -> float:
    """Return how far an update's change may be off, as a difference of rounded numbers."""
    return 2 * _EPS * float(np.linalg.norm(np.asarray(frozen(value))))


def _moved(value: Any, amount: Array) -> Any:
    moved = np.asarray(value) + amount
    return moved if moved.ndim else float(moved)
