"""Accumulators: what a loop should add to, and not set anew in every turn."""

import ast
from collections.abc import Iterable, Iterator

from gradcheck.paste.reading.syntax import names_of
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.sums import collects


def is_overwritten(statement: Statement, others: Iterable[Statement]) -> bool:
    """Tell whether an assignment in a loop sets again and again what was there before the loop.

    What has all the loops' variables for its indices is set once each.
    """
    match statement.node:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target]):
            root = ast.unparse(_root(target))
        case _:
            return False
    if any(ast.unparse(node) == root for node in ast.walk(statement.node.value)):
        return False
    inner = [turning(statement, other) for other in others if _sets(other, statement, root)]
    return any(loops and not _variables(loops) <= set(_indices(target)) for loops in inner)


def is_never_emptied(statement: Statement, others: Iterable[Statement]) -> bool:
    """Tell whether a step adds to an object's attribute that it never sets: to all before."""
    if not isinstance(statement.node, ast.AugAssign):
        return False
    root = _root(statement.node.target)
    return isinstance(root, ast.Attribute) and not any(
        isinstance(other.node, ast.Assign)
        and any(ast.unparse(_root(target)) == ast.unparse(root) for target in other.node.targets)
        for other in others
    )


def _root(target: ast.expr) -> ast.expr:
    return _root(target.value) if isinstance(target, ast.Subscript) else target


def _sets(other: Statement, statement: Statement, root: str) -> bool:
    """Tell whether an earlier assignment of the same function makes a whole value."""
    return (
        other.function is statement.function
        and other.order < statement.order
        and isinstance(other.node, ast.Assign)
        and any(ast.unparse(target) == root for target in _targets(other.node))
    )


def _targets(node: ast.Assign) -> Iterator[ast.expr]:
    """Yield what an assignment sets; each of several things by itself."""
    for target in node.targets:
        yield from target.elts if isinstance(target, ast.Tuple | ast.List) else (target,)


def made_whole(other: Statement, statement: Statement) -> bool:
    """Tell whether an earlier statement makes all of what a statement adds to."""
    if not collects(statement):
        return False
    node = statement.node
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
    return _sets(other, statement, ast.unparse(_root(target)))


def turning(statement: Statement, other: Statement) -> list[ast.For | ast.While]:
    """Return the loops that a statement is in, and the other one is not, the outermost first."""
    return [
        node
        for node in statement.parents
        if isinstance(node, ast.For | ast.While) and not any(node is p for p in other.parents)
    ]


def _variables(loops: Iterable[ast.For | ast.While]) -> set[str]:
    return names_of(*(loop.target for loop in loops if isinstance(loop, ast.For)))


def _indices(target: ast.expr) -> Iterator[str]:
    """Yield the names that are indices by themselves."""
    if not isinstance(target, ast.Subscript):
        return
    index = target.slice
    for element in index.elts if isinstance(index, ast.Tuple) else [index]:
        if isinstance(element, ast.Name):
            yield element.id
    yield from _indices(target.value)
