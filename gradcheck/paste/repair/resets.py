"""Accumulators that are emptied too seldom: in front of a loop, and not in each of its turns."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcheck.paste.repair.accumulators import made_whole, turning
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known
from gradcheck.paste.repair.copies import inserted
from gradcheck.paste.repair.placing import around
from gradcheck.paste.repair.statements import Changes, Statement
from gradcheck.paste.repair.states import State

_MOST = 24


def resets(bench: Bench, known: Known, state: State) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with an accumulator emptied at the start of every turn of a loop.

    It is one in which another loop fills it: what is added to it once a turn may as well be set.
    """
    wrong = state.shown.wrong
    filling = [
        known.statements[number]
        for number, influence in known.influences.items()
        if not influence.forward and influence.parameters & wrong
    ]
    count = 0
    for source in known.statements.values():
        filled = [one for one in filling if made_whole(source, one)]
        loops = {id(loop): loop for one in filled for loop in turning(one, source)[:-1]}
        for loop in loops.values():
            changes = around(bench, state.changes, loop.body, 0, (source.text,), behind=False)
            if changes is None:
                continue
            count += 1
            if count > _MOST:
                return
            yield _emptied(source, filled), changes


def _emptied(source: Statement, filled: Sequence[Statement]) -> Edit:
    """Return the edit that repeats what makes accumulators; that stands where it is too seldom."""
    edit = inserted(source.text, source, f"repeat `{source.text}` in every turn of the loop")
    parts = (replace(edit.parts[0], number=one.number) for one in filled)
    return replace(edit, parts=(*edit.parts, *parts))
