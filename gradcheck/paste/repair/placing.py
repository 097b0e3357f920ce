"""Where statements are put: in front of others or behind them, in the blocks of a program."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from gradcheck.edits import Rewrite
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, written
from gradcheck.paste.repair.statements import Change, Changes, Statement
from gradcheck.paste.understanding.sites import of

COST = 2.0


def child(body: Sequence[ast.stmt], node: ast.stmt) -> int | None:
    """Return which statement of a block is, or has in it, another one."""
    for index, each in enumerate(body):
        if each is node or any(inner is node for inner in ast.walk(each)):
            return index
    return None


def around(
    bench: Bench,
    changes: Changes,
    body: Sequence[ast.stmt],
    at: int,
    texts: Sequence[str],
    *,
    behind: bool,
) -> dict[int, Change] | None:
    """Return changes with texts put before or behind the statement at a place of a block."""
    anchor = statement_of(bench, body[at])
    if anchor is None:
        return None
    inside = {of(node) for node in ast.walk(anchor.node)} - {anchor.number}
    if behind and inside & changes.keys():
        return None
    old = changes.get(anchor.number) or Change(
        number=anchor.number, text=anchor.text, node=anchor.node
    )
    if behind:
        new = replace(old, after=(*texts, *old.after))
    else:
        new = replace(old, before=(*old.before, *texts))
    return {**changes, anchor.number: new}


def behind(
    bench: Bench, changes: Changes, body: Sequence[ast.stmt], at: int, texts: Sequence[str]
) -> dict[int, Change] | None:
    """Return changes with texts put behind a statement, be it in front of the next one."""
    found = None
    if not isinstance(body[at], ast.Return):
        found = around(bench, changes, body, at, texts, behind=True)
    if found is None and at + 1 < len(body):
        return around(bench, changes, body, at + 1, texts, behind=False)
    return found


def statement_of(bench: Bench, node: ast.stmt) -> Statement | None:
    """Return a simple statement, or a loop or branch, by its node."""
    return bench.statements.get(of(node)) or bench.blocks.get(of(node))


def moved(
    update: Statement, reader: Statement, what: str, old: str, new: str, cost: float = COST
) -> Edit:
    """Return the edit that has a reader of a weight see it as it was before an update."""
    rewrite = Rewrite(
        start=0, end=len(reader.text), new="", kind="move-statement", cost=cost, what=what
    )
    numbers = list(dict.fromkeys((reader.number, update.number)))
    return written(rewrite, numbers, old=old, new=new)
