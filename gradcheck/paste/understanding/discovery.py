"""The training step of a statement: the loop whose iterations change what its loss depends on."""

from collections.abc import Sequence

from gradcheck.paste.understanding.iterations import Found, examined
from gradcheck.paste.understanding.machine import Scene
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.survey import Turns, survey

_PATIENCE = ((0.6, 0.06), (3.0, 1.5))
"""Seconds that surveys may take: in all, and once a loop seems to train."""


def discover(scene: Scene) -> Found | None:
    """Return the training step of a statement, or None where it has none."""
    best: Found | None = None
    for seconds, patience in _PATIENCE:
        loops = survey(scene, seconds, patience)
        best = _best(scene, sorted(loops, key=lambda turns: len(turns.outer))) or best
        if best is not None and not best.is_scattered:
            return best
        if not any(turns.changed for turns in loops):
            return None
    return best


def _best(scene: Scene, loops: Sequence[Turns]) -> Found | None:
    """Return the innermost loop with the most parameters; `loops` come outermost first."""
    best: Found | None = None
    for turns in loops:
        if not any(turns.changed) or any(_repeats(turns, inner) for inner in loops):
            continue
        if best is not None and not _changes(turns, best.parameters):
            continue
        found = examined(scene, turns)
        if found is not None and (best is None or _is_better(found, best)):
            best = found
    return best


def _is_better(inner: Found, outer: Found) -> bool:
    return len(inner.parameters) >= len(outer.parameters) and (
        outer.is_scattered or not inner.is_scattered
    )


def _repeats(turns: Turns, inner: Turns) -> bool:
    """Tell whether a loop only repeats what a loop inside it does."""
    if turns.loop not in inner.outer:
        return False
    every = frozenset().union(*turns.changed)
    return any(every <= changes for changes in inner.changed)


def _changes(turns: Turns, paths: Sequence[Path]) -> bool:
    return frozenset().union(*turns.changed).issuperset(paths)
