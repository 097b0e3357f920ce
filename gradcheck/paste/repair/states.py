"""Programs on their way to being right: the edits so far, and one more."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known
from gradcheck.paste.repair.judging import Shown
from gradcheck.paste.repair.making import tentative, written
from gradcheck.paste.repair.statements import Changes
from gradcheck.record import record

Late: TypeAlias = Callable[[], bool]
"""Tells that time is up."""

_GAIN = 0.3
"""By how much fewer gradients must be wrong, in whole ones, for half a repair to be pursued."""

_LATE = 1.0
_MISSED = 0.3


@record
class State:
    """A program on its way to being right: the edits so far and what they give."""

    changes: Changes
    shown: Shown
    edits: tuple[Edit, ...] = ()
    late: bool = False
    """Whether it only makes good for what has gone wrong before it on the way back."""
    missed: bool = False
    """Whether it leaves alone what is first to go wrong on the way back."""

    @property
    def cost(self) -> float:
        extra = self.shown.drifted + (_LATE if self.late else _MISSED * self.missed)
        return sum(edit.cost for edit in self.edits) + len(self.edits) + extra

    @property
    def length(self) -> int:
        """How long the changed statements are: of equal edits, the shortest is plainest."""
        return sum(len(change.text or "") for change in self.changes.values())


def attempt(bench: Bench, known: Known, state: State, edit: Edit) -> State | None:
    """Return the state after an edit, if it helps: at one point, at all, and moves no loss."""
    changes = tentative(known, state.changes, edit)
    if changes is None:
        return None
    shown = bench.tells(changes, _glance(bench, state.shown))
    if shown is None or not better(shown, state.shown):
        return None
    both = written(known, state.changes, edit)
    if both is None:
        return None
    edit, changes = both
    shown = bench.tells(changes)
    if shown is None or not better(shown, state.shown) or not bench.is_harmless(changes):
        return None
    bench.keep(shown)
    return State(changes=changes, shown=shown, edits=(*state.edits, edit))


def _glance(bench: Bench, shown: Shown) -> int:
    """Return how many points tell whether an edit may help: at one, any factor fits one number."""
    sizes = {path: np.size(value) for path, value in bench.points[0].point.items()}
    factored = [path for path, one in shown.fits.items() if one.factored and sizes[path] == 1]
    return 1 + any(path in shown.wrong or not shown.settled for path in factored)


def better(new: Shown, old: Shown) -> bool:
    """Tell whether less is wrong, and nothing more.

    By the loss's own scale it may be something else: what was right was so by another one.
    """
    closer = new.wrong <= old.wrong or (new.settled and not old.settled)
    return closer and new.score < old.score - _GAIN
