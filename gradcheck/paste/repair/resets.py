"""Accumulators that are emptied too seldom: in front of a loop, and not in each of its turns."""

import ast
from collections.abc import Iterator

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
    count, seen = 0, set()
    for number, influence in known.influences.items():
        filled = known.statements[number]
        if not isinstance(filled.node, ast.AugAssign) or influence.forward:
            continue
        if not influence.parameters & state.shown.wrong:
            continue
        for source in _sources(known, filled):
            for loop in turning(filled, source)[:-1]:
                changes = around(bench, state.changes, loop.body, 0, (source.text,), behind=False)
                if changes is None or (source.number, id(loop)) in seen:
                    continue
                seen.add((source.number, id(loop)))
                count += 1
                if count > _MOST:
                    return
                yield inserted(source, filled), changes


def _sources(known: Known, filled: Statement) -> Iterator[Statement]:
    """Yield what makes an accumulator before it is filled, be it in front of the step."""
    return (other for other in known.statements.values() if made_whole(other, filled))
