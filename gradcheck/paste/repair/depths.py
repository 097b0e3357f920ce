"""Statements at another depth than meant: behind a loop or branch that they belong in, or in one.

So stands a line that has lost its indentation, or was given too much of it.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise

from gradcheck.edits import Rewrite
from gradcheck.paste.reading.syntax import names_of
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, written
from gradcheck.paste.repair.placing import around, behind, child
from gradcheck.paste.repair.statements import Change, Changes, Statement
from gradcheck.paste.repair.states import State

INWARDS = "indent"
OUTWARDS = "dedent"

_COST = 2.5
_MOST = 40
_BLOCKS = ("body", "orelse")


def depths(bench: Bench, known: Known, state: State) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with statements put into the block before them, or behind the one around.

    Of several that stand in a row, the last ones may have to go together.
    """
    suspects = known.suspects(state.shown.wrong)
    free = {id(one.node): one for one in suspects if one.number not in state.changes}
    found = (
        made
        for one in free.values()
        if not isinstance(one.node, ast.Return)
        for made in chain(_inwards(bench, state, one), _outwards(bench, state, one, free))
    )
    yield from islice(found, _MOST)


def _inwards(bench: Bench, state: State, one: Statement) -> Iterator[tuple[Edit, Changes]]:
    """Put a statement last in a block that ends before it, the outermost of those first."""
    body = one.body
    own = next(k for k, node in enumerate(body) if node is one.node)
    before = next((node for node in reversed(body[:own]) if hasattr(node, "body")), None)
    for block in _ending(before):
        made = behind(bench, state.changes, block, len(block) - 1, (one.text,))
        if made is not None:
            yield _moved((one,), INWARDS), {**made, **_gone((one,))}


def _ending(node: ast.stmt | None) -> Iterator[list[ast.stmt]]:
    """Yield the blocks at whose end a statement ends as well."""
    for name in _BLOCKS:
        block = getattr(node, name, None)
        if block and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield block
            yield from _ending(block[-1])


def _outwards(
    bench: Bench, state: State, one: Statement, free: Mapping[int, Statement]
) -> Iterator[tuple[Edit, Changes]]:
    """Put the last statements of a block behind the loop or branch, or the first before it."""
    body = one.body
    own = next(k for k, node in enumerate(body) if node is one.node)
    for nodes, is_last in ((body[own:], True), (body[: own + 1], False)):
        group = [free[id(node)] for node in nodes if id(node) in free]
        if len(group) < len(nodes) or len(group) == len(body):
            continue
        names = names_of(*nodes)
        for block, at in _around(one, names):
            texts = [each.text for each in group]
            made = around(bench, state.changes, block, at, texts, behind=is_last)
            if made is not None:
                yield _moved(group, OUTWARDS), {**made, **_gone(group)}


def _around(one: Statement, names: set[str]) -> Iterator[tuple[list[ast.stmt], int]]:
    """Yield the blocks further out in a statement's function, and where in them it is.

    What uses a loop's variable stays in that loop.
    """
    for inner, outer in pairwise(reversed(one.parents)):
        if isinstance(inner, ast.FunctionDef | ast.ClassDef) or not isinstance(inner, ast.stmt):
            return
        if isinstance(inner, ast.For) and not names.isdisjoint(names_of(inner.target)):
            return
        for name in _BLOCKS:
            block = getattr(outer, name, None) or []
            at = child(block, inner)
            if at is not None:
                yield block, at


def _gone(group: Sequence[Statement]) -> dict[int, Change]:
    return {one.number: Change(number=one.number, text=None) for one in group}


def _moved(group: Sequence[Statement], kind: str) -> Edit:
    """Return the edit that moves statements to another depth."""
    text = "\n".join(one.text for one in group)
    where = "into the block before it" if kind == INWARDS else "out of its block"
    what = f"move {', '.join(f'`{one.text}`' for one in group)} {where}"
    idea = Rewrite(start=0, end=len(group[0].text), new="", kind=kind, cost=_COST, what=what)
    return written(idea, [one.number for one in group], old=group[0].text, new=text)
