"""Statements added or moved, tried: which of such changes make all of a program right, or more."""

from collections.abc import Iterable

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit
from gradcheck.paste.repair.statements import Changes
from gradcheck.paste.repair.states import Late, State

_GAIN = 0.02
"""By how much less must be wrong after a move that is worth another one."""


def completed(
    bench: Bench, proposed: Iterable[tuple[Edit, Changes]], state: State, late: Late
) -> tuple[State, ...]:
    """Return the states in which some added statement makes all of a program right."""
    done = []
    for edit, changes in proposed:
        if late():
            break
        after = moved_to(bench, state, edit, changes)
        if after is not None and not after.shown.wrong:
            done.append(after)
    return tuple(done)


def moved_to(bench: Bench, state: State, edit: Edit, changes: Changes) -> State | None:
    """Return the state after a change of statements, if that helps and moves no loss."""
    first = bench.tells(changes, 1)
    if first is None or not first.score < state.shown.score - _GAIN:
        return None
    shown = bench.tells(changes)
    if shown is None or not shown.score < state.shown.score - _GAIN:
        return None
    if not shown.wrong <= state.shown.wrong or not bench.is_harmless(changes):
        return None
    return State(changes=changes, shown=shown, edits=(*state.edits, edit))
