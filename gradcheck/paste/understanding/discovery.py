"""The training step of a statement: the loop whose iterations change what its loss depends on."""

from collections.abc import Sequence

from gradcheck.paste.understanding.iterations import Found, examined
from gradcheck.paste.understanding.machine import Scene
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.survey import Turns, survey
from gradcheck.paste.understanding.wishes import NONE, Wishes
from gradcheck.record import record

_PATIENCE = ((0.6, 0.06), (3.0, 1.5))
"""Seconds that surveys may take: in all, and once a loop seems to train."""


@record
class Discovery:
    """The training step of a statement, None where it has none, and the loops that were seen."""

    found: Found | None
    loops: Sequence[Turns]


def discover(scene: Scene, wishes: Wishes = NONE) -> Discovery:
    """Look for the training step of a statement, or for that which is wished for."""
    best: Found | None = None
    every: Sequence[Turns] = ()
    for seconds, patience in _PATIENCE:
        every = survey(scene, seconds, patience)
        loops = _meant(scene, every, wishes.step)
        best = _best(scene, sorted(loops, key=lambda turns: len(turns.outer)), wishes) or best
        if best is not None and not best.is_scattered:
            break
        if not any(turns.changed for turns in loops):
            break
    return Discovery(found=best, loops=every)


def _meant(scene: Scene, loops: Sequence[Turns], line: int | None) -> Sequence[Turns]:
    """Return the innermost of the loops that are around a line; all of them for None."""
    if line is None:
        return loops
    sites = scene.machine.sites
    around = [one for one in loops if sites[one.loop].line <= line <= sites[one.loop].end_line]
    return sorted(around, key=lambda one: sites[one.loop].line)[-1:]


def _best(scene: Scene, loops: Sequence[Turns], wishes: Wishes) -> Found | None:
    """Return the innermost loop with the most parameters; `loops` come outermost first."""
    best: Found | None = None
    for turns in loops:
        if not any(turns.changed) or any(_repeats(turns, inner) for inner in loops):
            continue
        if best is not None and not _changes(turns, best.parameters):
            continue
        found = examined(scene, turns, wishes)
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
