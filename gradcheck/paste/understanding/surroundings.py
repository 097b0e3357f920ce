"""Losses that a program computes around its training step, such as once in every epoch.

They are of other data than the step's, so only their kind can be told: which standard loss of
some prediction and target they are proportional to, at two points.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

import numpy as np

from gradcheck.paste.understanding.candidates import is_difference, joined
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.paths import scopes
from gradcheck.paste.understanding.runtime import Course, Event
from gradcheck.paste.understanding.standard import STANDARD, Standard
from gradcheck.paste.understanding.steps import Point
from gradcheck.paste.understanding.values import number
from gradcheck.paste.understanding.words import loss_like
from gradcheck.record import record

_SAME = 1e-9
_ITERATIONS = 2
_METRIC = "absolute error"


@record
class Around:
    """A loss computed around the step: where, and of which standard kind it is."""

    site: int
    standard: str


def around(inquiry: Inquiry) -> Around | None:
    """Return the first named loss that the loops around a step compute; None if there is none."""
    if not inquiry.found.turns.outer or not inquiry.step.rates:
        return None
    runs = [_run(inquiry, one.point) for one in inquiry.points[:2]]
    if len(runs) < 2 or len(runs[0]) != len(runs[1]):
        return None
    return next(_kinds(inquiry, *runs), None)


def _run(inquiry: Inquiry, point: Point) -> list[Event]:
    """Run from the step on, through the end of the loops around it, the parameters held still."""
    step, turns = inquiry.step, inquiry.found.turns
    runtime = inquiry.machine.runtime

    def begin(frame: FrameType) -> None:
        roots = scopes(frame)
        for path, value in point.items():
            step.assign(path, roots, value, runtime.given)

    course = Course(
        loop=step.loop,
        span=10**9,
        begin=begin,
        rate=0.0,
        rates=step.rates,
        limits={step.loop: _ITERATIONS, **dict.fromkeys(turns.outer, 1)},
    )
    plan = step.plan(None)
    loops = (plan.loops or frozenset()) | frozenset(turns.outer)
    return step.scene.run(course, replace(plan, loops=loops)).events


def _kinds(inquiry: Inquiry, first: Sequence[Event], second: Sequence[Event]) -> Iterator[Around]:
    machine = inquiry.machine
    # What the step computes itself has been looked at: a residual may go like some loss, too.
    own = {event.site for event in inquiry.base.events}
    latest = {event.site: index for index, event in enumerate(first) if event.site not in own}
    for index in sorted(latest.values()):
        one, two = first[index], second[index]
        site = machine.sites.get(one.site)
        if site is None or one.site != two.site or not loss_like(site.names):
            continue
        values = number(one.value), number(two.value)
        if None in values or values[0] == values[1]:
            continue
        for name in _proportional(inquiry, first[:index], second[:index], values):
            yield Around(site=one.site, standard=name)


def _proportional(
    inquiry: Inquiry,
    first: Sequence[Event],
    second: Sequence[Event],
    values: tuple[float | None, float | None],
) -> Iterator[str]:
    """Yield the standard losses of the pairs so far that have one ratio to the values."""
    for left in (True, False):
        for runs in _pairs(inquiry, first, second):
            sides = [_sides(run, left) for run in runs]
            for name, standard in STANDARD.items():
                if name == _METRIC:
                    continue
                if _one_ratio(values, [_sum(standard, *own) for own in sides]):
                    yield name


def _pairs(
    inquiry: Inquiry, first: Sequence[Event], second: Sequence[Event]
) -> Iterator[tuple[list[Event], list[Event]]]:
    """Yield the differences computed so far, by site: all of them, and the latest alone."""
    machine = inquiry.machine
    sites = {event.site for event in first if is_difference(machine, event)}
    for site in sites:
        runs = (
            [event for event in first if event.site == site],
            [e for e in second if e.site == site],
        )
        yield runs
        yield runs[0][-1:], runs[1][-1:]


def _sides(events: Sequence[Event], left: bool) -> tuple[list[Any], list[Any]]:
    one, other = [event.left for event in events], [event.right for event in events]
    return (one, other) if left else (other, one)


def _sum(standard: Standard, predictions: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return the loss of all pairs that are in its domain."""
    pairs = [*joined(predictions, targets)]
    if not all(standard.fits(*pair) for pair in pairs):
        single = ((np.asarray(a), np.asarray(t)) for a, t in zip(predictions, targets, strict=True))
        pairs = [pair for pair in single if standard.fits(*pair)]
    return sum(float(standard.value(*pair)) for pair in pairs)


def _one_ratio(values: Sequence[float | None], sums: Sequence[float]) -> bool:
    if values[0] is None or values[1] is None or not all(np.isfinite(sums)) or not all(sums):
        return False
    ratios = values[0] / sums[0], values[1] / sums[1]
    return abs(ratios[0] - ratios[1]) <= _SAME * abs(ratios[0])
