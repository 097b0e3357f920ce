"""Weights kept as they were: a copy made before an update, for what reads them behind it.

It serves where no order of statements does, as in a loop over layers of which each reads weights
that the turn before has changed.
"""

import ast
import re
from collections.abc import Iterator

from gradcheck.edits import Rewrite, apply
from gradcheck.edits.rewrite import span
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, text_of
from gradcheck.paste.repair.placing import COST, around, child, moved
from gradcheck.paste.repair.statements import Change, Changes, Statement

_FUNCTIONS = (ast.FunctionDef, ast.ClassDef)
_COPIES = ("{}.copy()", "[row[:] for row in {}]", "[each.copy() for each in {}]")
_WORD = re.compile(r"[^\W\d]\w*")


def kept(
    bench: Bench, changes: Changes, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with a reader that is given the weights of before an update."""
    text = text_of(reader, changes)
    if text is None:
        return
    for owner in _owners(update):
        name = _free(bench, f"{_WORD.findall(owner)[-1]}_before")
        new = _reading(text, owner, name)
        if new is None:
            continue
        for copy in _copies(update, owner):
            for body, at in _places(update):
                more = around(bench, changes, body, at, (f"{name} = {copy}",), behind=False)
                if more is None or (reader.number in more and reader.number not in changes):
                    continue
                what = f"read {owner} as it was before `{update.text}`"
                renamed = Change(number=reader.number, text=new)
                edit = moved(update, reader, what, update.text, new, cost=COST + 1)
                yield edit, {**more, reader.number: renamed}


def _owners(update: Statement) -> Iterator[str]:
    """Yield what an update changes, and what that is a part of."""
    node = update.node
    target: ast.expr | None = node.target if isinstance(node, ast.AugAssign) else None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    while isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
        yield ast.unparse(target)
        target = target.value if isinstance(target, ast.Subscript) else None


def _copies(update: Statement, owner: str) -> Iterator[str]:
    """Yield what may make a copy; of what is set anew it takes none."""
    node = update.node
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == owner:
        yield owner
    yield from (copy.format(owner) for copy in _COPIES)


def _reading(text: str, owner: str, name: str) -> str | None:
    """Return a statement that reads a name in the place of an owner; None where it reads none."""
    (node,) = ast.parse(text).body
    value = getattr(node, "value", None)
    whole = ast.Name | ast.Attribute | ast.Subscript
    nodes = [] if value is None else [n for n in ast.walk(value) if isinstance(n, whole)]
    spans = [span(text, n) for n in nodes if ast.unparse(n) == owner]
    made = [Rewrite(start=a, end=b, new=name, kind="", cost=0.0, what="") for a, b in spans]
    return apply(text, made) if made else None


def _places(update: Statement) -> Iterator[tuple[list[ast.stmt], int]]:
    """Yield the blocks around an update, and where it is in them, within its function."""
    for outer in reversed(update.parents):
        for _, body in ast.iter_fields(outer):
            at = child(body, update.node) if isinstance(body, list) else None
            if at is not None:
                yield body, at
        if isinstance(outer, _FUNCTIONS):
            return


def _free(bench: Bench, name: str) -> str:
    used = {n.id for n in ast.walk(bench.machine.tree) if isinstance(n, ast.Name)}
    return name if name not in used else _free(bench, f"{name}_")
