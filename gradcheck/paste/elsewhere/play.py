"""Consecutive steps of a program from a point, at any multiple of its learning rate."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import FrameType
from typing import Any

from gradcheck.paste.understanding.paths import Path, scopes
from gradcheck.paste.understanding.runtime import Course, Event
from gradcheck.paste.understanding.steps import Point, Step
from gradcheck.record import record

_HOPELESS = 0.2


@record
class Play:
    """What iterations showed: the events of each, and the parameters after so many whole steps."""

    iterations: Sequence[Sequence[Event]]
    steps: int
    end: Mapping[Path, Any]


def play(
    step: Step,
    point: Point,
    span: int,
    *,
    rate: float = 1.0,
    sites: frozenset[int] | None = frozenset(),
    inject: Mapping[int, Any] | None = None,
) -> Play:
    """Make consecutive steps from a point, recording these sites; None for all.

    `rate` multiplies the learning rate; `inject` adds to values, as in `Course`.
    """
    runtime, marks = step.scene.machine.runtime, list[int]()
    end: dict[Path, Any] = {}

    def arrive(frame: FrameType) -> None:
        step.feed(scopes(frame))

    def begin(frame: FrameType) -> None:
        roots = scopes(frame)
        for path, value in point.items():
            step.assign(path, roots, value, runtime.given)

    def turn(frame: FrameType) -> None:
        marks.append(len(runtime.events))
        if rate:
            end.update(step.state(scopes(frame)).values)

    course = Course(
        loop=step.loop,
        first=step.first,
        span=span,
        arrive=arrive if step.data else None,
        begin=begin,
        turn=turn,
        end=turn,
        rate=rate,
        rates=step.rates,
        recorded=sites,
        inject=inject or {},
    )
    hooked = None if sites is None else sites | frozenset(inject or ())
    ran = step.scene.run(course, step.plan(hooked))
    bounds = marks if len(marks) > span else [*marks, len(ran.events)]
    iterations = [ran.events[a:b] for a, b in pairwise(bounds)]
    return Play(iterations=iterations, steps=max(0, len(marks) - 1), end=end)


def pace(step: Step) -> float:
    """Return how many seconds a step takes without hooks; infinite where it takes far too long."""
    scene = step.scene
    usual, scene.limit = scene.limit, _HOPELESS
    try:
        trial = step.trial({}, step.plan(frozenset()), recorded=frozenset())
    finally:
        scene.limit = usual
    return float("inf") if trial.failed else trial.seconds
