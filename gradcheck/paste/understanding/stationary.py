"""Training that starts where all gradients are zero: its loop updates, and changes nothing.

So it may be with weights that all start at zero. What is updated shows from another point.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.paste.understanding.influence import shaken
from gradcheck.paste.understanding.iterations import Found, examined
from gradcheck.paste.understanding.machine import Scene
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Step, Trial
from gradcheck.paste.understanding.survey import Turns
from gradcheck.paste.understanding.updates import Update, idle_updates
from gradcheck.paste.understanding.wishes import NONE, Wishes


def stationary(scene: Scene, loops: Sequence[Turns], wishes: Wishes = NONE) -> Found | None:
    """Return the step of the outermost of some loops that changes nothing, by updates of zero."""
    for turns in sorted(loops, key=lambda turns: len(turns.outer)):
        if not turns.changed or any(turns.changed):
            continue
        step = Step(scene=scene, loop=turns.loop, first=0)
        base = step.trial({}, step.plan(None))
        paths = [] if base.failed else _idle(base)
        away = {path: shaken(base.before.values[path], seed) for seed, path in enumerate(paths)}
        found = examined(scene, turns, wishes, rest=away) if away else None
        if found is not None:
            return replace(found, step=replace(found.step, rest={}))
    return None


def _idle(base: Trial) -> list[Path]:
    """Return the arrays of which all updates add zeros: what is moved there and back adds more."""
    arrays = [
        path
        for path, thing in base.before.things.items()
        if isinstance(thing, np.ndarray) and thing.dtype.kind == "f"
    ]
    found = list(idle_updates(base, arrays))
    busy = {update.path for update in found if not _adds_nothing(base, update)}
    return list(dict.fromkeys(update.path for update in found if update.path not in busy))


def _adds_nothing(base: Trial, update: Update) -> bool:
    added = base.events[update.index].right
    return added is not None and not np.any(added)
