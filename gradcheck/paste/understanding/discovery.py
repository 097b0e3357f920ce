"""The training step of a statement: the loop whose iterations change what its loss depends on."""

from collections.abc import Sequence
from dataclasses import replace

from gradcheck.paste.understanding.iterations import Found, examined, is_scattered
from gradcheck.paste.understanding.machine import Scene
from gradcheck.paste.understanding.runtime import OFTEN
from gradcheck.paste.understanding.shrinking import cuts
from gradcheck.paste.understanding.spans import collected, gathered
from gradcheck.paste.understanding.survey import WATCHED, Survey, Turns, survey
from gradcheck.paste.understanding.wishes import NONE, Wishes
from gradcheck.record import record

_PATIENCE = ((0.6, 0.06), (3.0, 1.5))
"""Seconds that surveys may take: in all, and once a loop seems to train."""


@record
class Discovery:
    """What may be the training step of a statement, the likeliest first, and the loops seen.

    `endless` are the outermost loops that did not come to an end, `idle` those of which every turn
    seems to do the same.
    """

    found: Sequence[Found]
    loops: Sequence[Turns]
    endless: Sequence[int] = ()
    idle: Sequence[int] = ()

    @property
    def is_crowded(self) -> bool:
        """Whether inner loops turn so often that not all which they compute is recorded."""
        return any(turns.outer and turns.count >= OFTEN for turns in self.loops)


def discover(scene: Scene, wishes: Wishes = NONE) -> Discovery:
    """Look for the training step of a statement, or for that which is wished for.

    Where its loops turn so slowly that hardly any comes to an end, a part of the data may do.
    """
    seen = survey(scene, *_PATIENCE[0])
    less = None if seen.whole or _turns(seen) else on_a_part(scene, wishes)
    return less or _discovered(scene, wishes, seen)


def on_a_part(scene: Scene, wishes: Wishes = NONE) -> Discovery | None:
    """Look for the training step of a statement on a part of its data; None where none shows."""
    for cut in cuts(scene):
        less = survey(cut, *_PATIENCE[0])
        if _turns(less):
            small = _discovered(cut, wishes, less)
            if small.found:
                return replace(small, found=[replace(one, whole=scene) for one in small.found])
    return None


def _turns(seen: Survey) -> bool:
    """Tell whether an outermost loop has turned more than once."""
    return any(len(one.changed) > 1 for one in seen.loops if not one.outer)


def _discovered(scene: Scene, wishes: Wishes, seen: Survey) -> Discovery:
    """Look closer at what a survey has seen, and survey once more if that does not show a step."""
    ranked: list[Found] = []
    for seconds, patience in _PATIENCE:
        if patience != _PATIENCE[0][1]:
            seen = survey(scene, seconds, patience)
        loops = sorted(meant(scene, seen.loops, wishes.step), key=lambda turns: len(turns.outer))
        if patience == _PATIENCE[0][1]:
            loops = [turns for turns in loops if not _is_passing(scene, turns, seen)]
        ranked = _ranked(scene, loops, wishes) or ranked
        if seen.whole or (ranked and not ranked[0].is_scattered) or _is_seen(seen):
            break
    outermost = [one for one in seen.loops if not one.outer]
    return Discovery(
        found=ranked,
        loops=seen.loops,
        endless=() if seen.whole else [one.loop for one in outermost],
        idle=[one.loop for one in outermost if _is_idle(one)] if seen.whole else (),
    )


def _is_idle(turns: Turns) -> bool:
    """Tell a loop that turns again and again, and changes no number."""
    return turns.count > WATCHED and not any(turns.changed)


def _is_seen(seen: Survey) -> bool:
    """Tell whether all outermost loops have turned so often that more would show no more."""
    return all(len(one.changed) >= WATCHED for one in seen.loops if not one.outer)


def _is_passing(scene: Scene, turns: Turns, seen: Survey) -> bool:
    """Tell what is likely no training: a function's loop that changes what this function made.

    It is called from a loop of another function of which no iteration has come to its end yet.
    """
    sites = scene.machine.sites
    own = sites[turns.loop].function
    callers = [
        one for one in seen.loops if one.loop in turns.outer and sites[one.loop].function != own
    ]
    if not callers or any(one.changed for one in callers):
        return False
    return all(path.function == own for paths in turns.changed for path in paths)


def meant(scene: Scene, loops: Sequence[Turns], line: int | None) -> Sequence[Turns]:
    """Return the innermost of the loops that are around a line; all of them for None."""
    if line is None:
        return loops
    sites = scene.machine.sites
    around = [one for one in loops if sites[one.loop].line <= line <= sites[one.loop].end_line]
    return sorted(around, key=lambda one: sites[one.loop].line)[-1:]


def _ranked(scene: Scene, loops: Sequence[Turns], wishes: Wishes) -> list[Found]:
    """Return the steps, the innermost with the most parameters first; `loops`, outermost first."""
    ranked: list[Found] = []
    for turns in loops:
        if not any(turns.changed) or any(_repeats(turns, inner) for inner in loops):
            continue
        if ranked and not _rivals(turns, ranked[0]):
            continue
        found = examined(scene, turns, wishes)
        if found is not None and found.repeats:
            found = collected(scene, loops, found) or found
        elif found is not None:
            found = gathered(scene, turns, found) or found
        if found is not None:
            better = not ranked or _is_better(found, ranked[0])
            ranked.insert(0 if better else len(ranked), found)
    return ranked


def _is_better(inner: Found, outer: Found) -> bool:
    """Tell whether all that is trained is trained by the inner loop already.

    Over several steps, what an optimizer keeps has an effect on the loss, as parameters have. One
    turn of the inner loop changes it with them, and there it has none.
    """
    every = {*inner.parameters, *outer.parameters}
    whole = len(inner.parameters) >= len(outer.parameters) or (
        every.issubset({*inner.parameters, *inner.others})
        and any(every <= changes for changes in inner.turns.changed)
    )
    return whole and (outer.is_scattered or not inner.is_scattered)


def _repeats(turns: Turns, inner: Turns) -> bool:
    """Tell whether a loop only repeats what a loop inside it does."""
    if turns.loop not in inner.outer:
        return False
    every = frozenset().union(*turns.changed)
    return any(every <= changes for changes in inner.changed)


def _rivals(turns: Turns, best: Found) -> bool:
    """Tell whether a loop changes all parameters of the best so far, and as many at once."""
    if not frozenset().union(*turns.changed).issuperset(best.parameters):
        return False
    together = max(len(paths & frozenset(best.parameters)) for paths in turns.changed)
    return best.is_scattered or not is_scattered(together, len(best.parameters))
