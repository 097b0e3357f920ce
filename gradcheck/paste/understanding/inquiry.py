"""All that was measured about one training step: candidates, points, and how well they fit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.candidates import Candidate, by_formula, candidates, sampled
from gradcheck.paste.understanding.fit import Fit, Rows, fit
from gradcheck.paste.understanding.influence import differing_events, shaken
from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.understanding.measure import Measured, measured, point
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.points import Draw, drawn
from gradcheck.paste.understanding.steps import Step, Trial

_ATTEMPTS = (1.0, 0.3, 0.1)
"""Sizes of points to try, where larger ones saturate or overflow."""

_SLOW = 0.05
_POINTS = 3
_FEWER = 2
"""So many points must do for a step that takes more than so many seconds, with all its hooks."""

_SLUGGISH = 0.01
"""And so many iterations, as all before the one that is looked at must be run as well."""

_APART = 100
"""By how much the seeds of different draws differ."""

_PARALLEL = 1e-7
_PACE = 1e-4


class Inquiry:
    """The measurements of one step, and what follows from them."""

    def __init__(
        self,
        found: Found,
        step: Step,
        base: Trial,
        candidates: Sequence[Candidate],
        points: Sequence[Measured],
    ) -> None:
        self.found = found
        self.step = step
        self.base = base
        self.candidates = candidates
        self.points = points
        self.parameters = found.parameters
        self.kept: dict[int, frozenset[Path]] = {}
        """What the step keeps to some effect, by the identity of the point that shows it."""

    @property
    def machine(self) -> Machine:
        return self.step.scene.machine

    def rows(self, path: Path, candidate: int) -> list[Rows]:
        return [one.rows(path, candidate) for one in self.points]

    @cached_property
    def fits(self) -> list[Mapping[Path, Fit]]:
        """The fit of each parameter's update to each candidate."""
        return [
            {path: fit(self.rows(path, index)) for path in self.parameters}
            for index in range(len(self.candidates))
        ]

    def decided(self, candidate: int) -> list[Path]:
        """Return the parameters on which a candidate depends sharply enough to compare."""
        return [path for path, one in self.fits[candidate].items() if one.lines]

    def exact(self, candidate: int) -> int:
        """Return how many parameters' updates fit a candidate exactly."""
        return sum(one.exact for one in self.fits[candidate].values())

    def explains(self, candidate: int) -> bool:
        """Tell whether a candidate's gradients are those of the updates, up to their scales."""
        decided = self.decided(candidate)
        return bool(decided) and all(self.fits[candidate][path].exact for path in decided)

    def closeness(self, candidate: int) -> float:
        """Return the mean cosine of updates and slopes, whatever their sign."""
        fits = self.fits[candidate].values()
        return float(np.mean([abs(one.cosine) for one in fits])) if fits else 0.0

    def parallel(self, one: int, other: int, *, everywhere: bool) -> bool:
        """Tell whether two candidates have parallel slopes at every point.

        `everywhere` asks for one and the same factor at all points.
        """
        pairs = [
            pair for index in range(len(self.points)) if (pair := self._pair(index, one, other))
        ]
        if not pairs:
            return False
        if everywhere:
            pairs = [(np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs]))]
        return all(_are_parallel(first, second) for first, second in pairs)

    @cached_property
    def felt(self) -> Array:
        """At how many points some parameter moves each candidate."""
        every = [[point.slopes[path] for path in self.parameters] for point in self.points]
        found: Array = np.sum([np.any(np.concatenate(own), axis=0) for own in every], axis=0)
        return found

    def _pair(self, index: int, one: int, other: int) -> tuple[Array, Array] | None:
        measured = self.points[index]
        slopes = np.concatenate([measured.slopes[path] for path in self.parameters])
        bars = np.concatenate([measured.bars[path] for path in self.parameters])
        known = np.isfinite(bars[:, one]) & np.isfinite(bars[:, other])
        first, second = slopes[known, one], slopes[known, other]
        return (first, second) if np.any(first) and np.any(second) else None


def _are_parallel(first: Array, second: Array) -> bool:
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return size > 0 and bool(
        np.linalg.norm(
            first * np.linalg.norm(second)
            - second * np.sign(first @ second) * np.linalg.norm(first)
        )
        <= _PARALLEL * size
    )


def inquire(found: Found) -> Inquiry | None:
    """Measure a step at several random points; None where it can't be run from any."""
    step, base, offered = _setting(found)
    if base is None or not offered:
        return None
    points = list(_points(step, found, base, offered))
    if not points:
        return None
    return Inquiry(found, step, base, offered, points)


def steadied(found: Found, inquiry: Inquiry) -> Inquiry | None:
    """Return an inquiry with all points at one iteration; None where too few can be had.

    That iteration counts which updates most parameters: a mistake may not show in all of them.
    """
    first = max(inquiry.points, key=lambda one: (one.telling, -one.first)).first
    step = replace(inquiry.step, first=first)
    same = [one for one in inquiry.points if one.first == first]
    for seed in (_POINTS + 2, _POINTS + 3):
        more = attempted(step, found, inquiry.candidates, seed)
        same += [more] if more else []
    if len(same) < _FEWER:
        return None
    return Inquiry(found, step, inquiry.base, inquiry.candidates, same)


def keeps_pace(inquiry: Inquiry, candidate: int) -> bool:
    """Tell whether, at every point, some claims are a candidate's slopes but for one factor.

    What fits with one factor at all points does not need one for each. A single number among other
    parameters has some factor everywhere.
    """
    fitting = []
    count = len(inquiry.parameters)
    for one in inquiry.points:
        fits = {path: fit([one.rows(path, candidate)]) for path in inquiry.parameters}
        exact = {path: f.scale for path, f in fits.items() if f.exact}
        if not exact or np.ptp([*exact.values()]) > _PACE * abs(next(iter(exact.values()))):
            return False
        if len(exact) == 1 < count and not any(fits[path].factored for path in exact):
            return False
        fitting += list(exact)
    return not all(inquiry.fits[candidate][path].exact for path in fitting)


def confirms(small: Inquiry, found: Found, candidate: int) -> bool:
    """Tell whether what does not fit on a part of the data does not fit on all of it either.

    Scales that differ on a part of the data may be one on all of it, where its size is written as
    a number.
    """
    fits = small.fits[candidate]
    odd = [path for path, one in fits.items() if one.lines and not one.exact]
    uneven = not is_even(fits.values())
    if uneven:
        odd = [path for path, one in fits.items() if one.lines]
    step = replace(found.step, first=small.step.first)
    whole = replace(found, step=step, parameters=tuple(odd))
    drawn = point(step, small.parameters, Draw(seed=1)) if odd else None
    if drawn is None:
        return True
    one = measured(step, odd, [small.candidates[candidate]], drawn, few=True)
    if one is None:
        return True
    fresh = {path: fit([one.rows(path, 0)]) for path in whole.parameters}
    if uneven and is_even(fresh.values()):
        return False
    return not any(new.exact and not fits[path].exact for path, new in fresh.items())


def is_even(fits: Iterable[Fit]) -> bool:
    """Tell whether all that is exact is so with one scale."""
    scales = [one.scale for one in fits if one.exact]
    return not scales or float(np.ptp(scales)) <= _PACE * abs(scales[0])


def _setting(found: Found) -> tuple[Step, Trial | None, list[Candidate]]:
    """Choose the iteration that shows most losses by name: some compute them now and then."""
    best: tuple[Step, Trial | None, list[Candidate]] = (found.step, None, [])
    for first in dict.fromkeys((0, found.step.first)):
        step = replace(found.step, first=first)
        base = step.trial({}, step.plan(None), rate=0.0)
        if base.failed or not _usable(base, found):
            continue
        offered = _offered(step, base, found)
        if best[1] is None or sum(c.named for c in offered) > sum(c.named for c in best[2]):
            best = (step, base, offered)
        if any(c.named for c in offered):
            break
    return best


def _usable(base: Trial, found: Found) -> bool:
    """Tell whether the parameters are there already, as they will be later."""
    values = base.before.values
    return all(
        path in values and np.shape(values[path]) == found.shapes[path] for path in found.parameters
    )


def _offered(step: Step, base: Trial, found: Found) -> list[Candidate]:
    values = base.before.values
    there = {path: shaken(values[path], seed) for seed, path in enumerate(found.parameters)}
    moved = step.trial(there, step.plan(None), rate=0.0)
    if moved.failed:
        return []
    affected = differing_events(base, moved)
    usual = candidates(step.scene.machine, base, moved, affected, step.rates)
    away = {path: drawn(values[path], Draw(seed=0), key) for key, path in enumerate(there)}
    far = step.trial(away, step.plan(frozenset(c.site for c in usual if c.standard)), rate=0.0)
    usual = [candidate for candidate in usual if not sampled(candidate, base, far)]
    return [*usual, by_formula(step.formula.site)] if step.formula else usual


def _points(
    step: Step, found: Found, base: Trial, offered: Sequence[Candidate]
) -> Iterator[Measured]:
    """Measure at consecutive iterations; once more at the first if that alone shows a loss."""
    seconds = base.seconds
    if seconds > _SLOW:  # Once, it may just have been held up.
        seconds = min(seconds, step.trial({}, step.plan(None), rate=0.0).seconds)
    count = _FEWER if seconds > _SLOW else _POINTS
    missing = False
    for seed in range(1, count + 1):
        ahead = (seed - 1) % _ahead(seconds)
        ahead = 0 if step.spreads else ahead * step.span
        one = attempted(replace(step, first=step.first + ahead), found, offered, seed)
        if one is not None:
            named = [one.losses[i] for i, c in enumerate(offered) if c.named and c.whole]
            missing |= not np.all(np.isfinite(named))
            yield one
    if missing:
        one = attempted(step, found, offered, count + 1)
        if one is not None:
            yield one


def _ahead(seconds: float) -> int:
    """Return at how many iterations to look: at one alone where each takes long."""
    if seconds > _SLOW:
        return 1
    return _FEWER if seconds > _SLUGGISH else _POINTS


def attempted(
    step: Step,
    found: Found,
    offered: Sequence[Candidate],
    seed: int,
    sizes: Sequence[float] = _ATTEMPTS,
) -> Measured | None:
    """Measure a step at a point of the first of these sizes at which it can be measured."""
    seed += _APART * step.scene.machine.draw
    for size in sizes:
        drawn = point(step, found.parameters, Draw(seed=seed, size=size))
        if drawn is None:
            return None
        one = measured(step, found.parameters, offered, drawn)
        if one is not None:
            return one
    return None
