"""Updates put behind what still reads the weights, with the loops around them.

In programs of single neurons a loop over the outputs changes the weights that a loop over the
hidden units reads next. Either loop may be moved; or the update alone, in a loop of its own.
"""

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise
from textwrap import indent
from typing import TypeAlias

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit
from gradcheck.paste.repair.placing import around, behind, child, moved, statement_of
from gradcheck.paste.repair.statements import Change, Changes, Statement
from gradcheck.paste.understanding.sites import of

_Met: TypeAlias = tuple[list[ast.stmt], int, int]
"""A block, and where in it are what has an update in it and what has its reader."""


def later(
    bench: Bench, changes: Changes, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with an update behind what reads its weight later, or in a later turn."""
    met = _meeting(update, reader)
    if met is None:
        return
    body, first, last = met
    if first > last:
        yield from _behind_loops(bench, changes, update, reader)
        return
    yield from _behind(bench, changes, update, reader, met)
    whole = statement_of(bench, body[last])
    if whole is None or whole is reader or _holds_return(whole.node):
        return
    if not _is_changed(whole, changes):
        more = around(bench, changes, body, first, (whole.flush,), behind=False)
        if more is not None:
            what = f"compute `{reader.text}` before `{update.text}`"
            left = {whole.number: Change(number=whole.number, text=None)}
            yield moved(update, reader, what, update.text, reader.text), {**more, **left}


def _behind(
    bench: Bench, changes: Changes, update: Statement, reader: Statement, met: _Met
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with an update taken out of one statement and put behind another."""
    body, first, last = met
    for text, gone in _taken_out(bench, changes, update, body[first]):
        more = behind(bench, changes, body, last, (text,))
        if more is not None and gone.number not in more:
            what = f"change the weights of `{update.text}` behind `{reader.text}`"
            left = {gone.number: Change(number=gone.number, text=None)}
            yield moved(update, reader, what, update.text, text), {**more, **left}


def _behind_loops(
    bench: Bench, changes: Changes, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with all turns' updates behind the loop that has the reader in it, too."""
    shared = [node for node in update.parents if any(node is outer for outer in reader.parents)]
    for outer, loop in reversed([*pairwise(shared)]):
        if isinstance(outer, ast.ClassDef) or not isinstance(loop, ast.For):
            return
        for _, body in ast.iter_fields(outer):
            at = child(body, loop) if isinstance(body, list) else None
            if at is not None:
                yield from _behind(bench, changes, update, reader, (body, at, at))


def _meeting(update: Statement, reader: Statement) -> _Met | None:
    """Return the innermost block with an update and a reader in it, and where they are."""
    for outer in reversed(reader.parents):
        for _, body in ast.iter_fields(outer):
            if not isinstance(body, list) or (last := child(body, reader.node)) is None:
                continue
            first = child(body, update.node)
            if first is not None and first != last:
                return body, first, last
    return None


def _taken_out(
    bench: Bench, changes: Changes, update: Statement, first: ast.stmt
) -> Iterator[tuple[str, Statement]]:
    """Yield the text of an update with the loops around it, and what goes from its old place.

    A loop that only updates goes as a whole.
    """
    whole = statement_of(bench, first)
    if whole is None or update.number in changes:
        return
    path = [node for node in (*update.parents, update.node) if child([first], node) is not None]
    depth = next(k for k, node in enumerate(path) if _updates(bench, node))
    unit, heads = statement_of(bench, path[depth]), [_head(bench, node) for node in path[:depth]]
    if unit is None or None in heads or _is_changed(unit, changes):
        return
    text = unit.flush
    for head in reversed(heads):
        text = f"{head}\n{indent(text, '    ')}"
    gone = _alone(bench, path[: depth + 1])
    if gone is not None and not _is_changed(gone, changes):
        yield text, gone


def _updates(bench: Bench, node: ast.AST) -> bool:
    """Tell a statement that only changes parameters, or a loop of such."""
    updating = {id(statement.node) for statement in bench.updating}
    inner = [n for n in ast.walk(node) if isinstance(n, ast.stmt) and not hasattr(n, "body")]
    return all(id(one) in updating for one in inner)


def _head(bench: Bench, node: ast.AST) -> str | None:
    """Return the line that a loop or a branch begins with; None of one that has more to it."""
    match node:
        case ast.For(body=[first, *_], orelse=[]) | ast.If(body=[first, *_], orelse=[]):
            known = statement_of(bench, node)
            if known is not None and first.lineno > node.lineno:
                return known.flush.split("\n")[0]
    return None


def _alone(bench: Bench, path: Sequence[ast.AST]) -> Statement | None:
    """Return the outermost statement of a path that has nothing in it but its last one."""
    node = path[-1]
    for outer in reversed(path[:-1]):
        if len(getattr(outer, "body", ())) != 1:
            break
        node = outer
    return statement_of(bench, node) if isinstance(node, ast.stmt) else None


def _is_changed(statement: Statement, changes: Changes) -> bool:
    return not changes.keys().isdisjoint(of(node) for node in ast.walk(statement.node))


def _holds_return(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Return | ast.Break | ast.Continue) for inner in ast.walk(node))
