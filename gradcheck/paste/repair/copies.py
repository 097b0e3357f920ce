"""Statements that were forgotten: copies of the program's own, where a backward pass lacks them.

What the forward pass does between two layers, or what an accumulator is reset with, stands
somewhere in the program already; it is put where the same names are used without it.
"""

import ast
from collections.abc import Iterator

from gradcheck.edits import Rewrite
from gradcheck.paste.reading.syntax import names_of
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, written
from gradcheck.paste.repair.placing import around
from gradcheck.paste.repair.statements import Changes, Statement
from gradcheck.paste.repair.states import State

_COST = 3.0
_MOST = 150


def copies(bench: Bench, known: Known, state: State) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with one of its assignments repeated in a block that wrong updates need."""
    count = 0
    for body in _blocks(known, state):
        for source in _sources(bench, known, body, names_of(*body)):
            for at in range(len(body)):
                changes = around(bench, state.changes, body, at, (source.text,), behind=True)
                if changes is None or isinstance(body[at], ast.Return):
                    continue
                count += 1
                if count > _MOST:
                    return
                last = _last(bench, body[at])
                if last is not None:
                    yield inserted(source.text, last, f"add `{source.text}`"), changes


def _blocks(known: Known, state: State) -> list[list[ast.stmt]]:
    """Return the blocks around suspects within their functions, the inner ones first."""
    found: dict[int, list[ast.stmt]] = {}
    for statement in known.suspects(state.shown.wrong):
        for outer in reversed(statement.parents):
            for name in ("body", "orelse"):
                body = getattr(outer, name, None)
                if isinstance(body, list) and any(_holds(child, statement.node) for child in body):
                    found[id(body)] = body
            if isinstance(outer, ast.FunctionDef):
                break
    return list(found.values())


def _holds(child: ast.AST, node: ast.AST) -> bool:
    return any(inner is node for inner in ast.walk(child))


def _sources(
    bench: Bench, known: Known, body: list[ast.stmt], names: set[str]
) -> Iterator[Statement]:
    """Yield the assignments elsewhere, run by the step, to names that a block uses."""
    seen = set()
    for number in known.influences:
        statement = bench.statements[number]
        match statement.node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in names:
                if statement.body is not body and statement.text not in seen:
                    seen.add(statement.text)
                    yield statement


def _last(bench: Bench, node: ast.stmt) -> Statement | None:
    """Return the last simple statement of one, behind which the copy stands."""
    inside = [s for n in ast.walk(node) if (s := bench.statements.get(getattr(n, "number", -1)))]
    return max(inside, key=lambda s: s.order, default=None)


def inserted(text: str, last: Statement, what: str) -> Edit:
    """Return the edit that puts a statement near another one."""
    rewrite = Rewrite(
        start=0, end=len(last.text), new="", kind="insert-statement", cost=_COST, what=what
    )
    return written(rewrite, [last.number], old=last.text, new=text)
