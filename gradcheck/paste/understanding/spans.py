"""Steps of several iterations: gradients are collected in some and applied in the last of them."""

import ast
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.paste.understanding.iterations import Found, examined
from gradcheck.paste.understanding.machine import Scene
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.steps import Step
from gradcheck.paste.understanding.survey import Turns

_LONGEST = 512


def collected(scene: Scene, loops: Sequence[Turns], found: Found) -> Found | None:
    """Return the step that a loop inside a step makes in several of its iterations.

    None where no loop is inside that has the updates in it, or none of it is as long.
    """
    sites = {update.site for update in found.updates}
    inner = [
        turns
        for turns in loops
        if found.step.loop in turns.outer
        and sites <= {of(node) for node in ast.walk(scene.machine.nodes[turns.loop])}
    ]
    for turns in sorted(inner, key=lambda turns: -len(turns.outer)):
        step = replace(found.step, loop=turns.loop, first=0, paths=found.parameters)
        span = _period(step)
        better = examined(scene, turns, found.wishes, span=span) if span else None
        if better is not None and len(better.parameters) >= len(found.parameters):
            return better
    return None


def gathered(scene: Scene, turns: Turns, found: Found) -> Found | None:
    """Return the step that some iterations of a loop make together; None where each makes one.

    The parameters change in the last of them, by what has been collected until then.
    """
    own = {*found.parameters}
    period = next((k for k, changes in enumerate(turns.changed) if changes & own), 0) + 1
    # Turns that change nothing at all collect nothing.
    if period < 2 or not all(turns.changed[: period - 1]):
        return None
    better = examined(scene, turns, found.wishes, span=period)
    return better if better is not None and own <= {*better.parameters} else None


def _period(step: Step) -> int | None:
    """Return after how many iterations a parameter has changed; None for one, or too many."""
    if _has_moved(step, 1):
        return None
    bounds = [2]
    while not _has_moved(step, bounds[-1]):
        if bounds[-1] >= _LONGEST:
            return None
        bounds.append(2 * bounds[-1])
    low, high = bounds[-1] // 2, bounds[-1]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _has_moved(step, middle) else (middle, high)
    return high


def _has_moved(step: Step, span: int) -> bool:
    step = replace(step, span=span)
    trial = step.trial({}, step.plan(frozenset()))
    return not trial.failed and any(np.any(trial.change(path)) for path in step.paths or ())
