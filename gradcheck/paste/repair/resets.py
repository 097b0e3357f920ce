"""Accumulators that are emptied too seldom: in front of a loop, and not in each of its turns."""

import ast
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
    filling = known.suspects(state.shown.wrong)
    pairs = [(one, own) for one in known.statements.values() if (own := _filled(one, filling))]
    loops = {id(loop): loop for one, own in pairs for loop in _seldom(one, own)}
    groups = [
        (loop, [(one, own) for one, own in pairs if loop in _seldom(one, own)])
        for loop in loops.values()
    ]
    each = [(loop, [pair]) for loop, group in groups for pair in group]
    together = [(loop, group) for loop, group in groups if len(group) > 1]
    for loop, group in [*each, *together][:_MOST]:
        texts = [one.text for one, _ in group]
        changes = around(bench, state.changes, loop.body, 0, texts, behind=False)
        if changes is not None:
            yield _emptied(group), changes


def _filled(source: Statement, filling: Sequence[Statement]) -> list[Statement]:
    return [one for one in filling if made_whole(source, one)]


def _seldom(source: Statement, filled: Sequence[Statement]) -> list[ast.For | ast.While]:
    """Return the loops in whose every turn an accumulator may have to be emptied."""
    return [loop for one in filled for loop in turning(one, source)[:-1]]


def _emptied(group: Sequence[tuple[Statement, Sequence[Statement]]]) -> Edit:
    """Return the edit that repeats what makes accumulators; that stands where it is too seldom."""
    first = group[0][0]
    texts = ", ".join(f"`{source.text}`" for source, _ in group)
    edit = inserted(first.text, first, f"repeat {texts} in every turn of the loop")
    own = (one for source, filled in group for one in (source, *filled) if one is not first)
    parts = (replace(edit.parts[0], number=one.number) for one in own)
    new = "\n".join(source.text for source, _ in group)
    return replace(edit, parts=(*edit.parts, *parts), new=new)
