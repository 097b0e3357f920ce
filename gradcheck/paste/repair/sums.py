"""Sums that statements make one after the other: `dh = a`, and then `dh += b`."""

import ast
from collections.abc import Collection, Iterator, Mapping

from gradcheck.paste.repair.statements import Statement


def completing(statements: Collection[Statement]) -> Mapping[int, Statement]:
    """Return, for each statement that makes but a part of a sum, the one that adds the last part.

    They stand in the same block, and nothing between them uses what is there so far.
    """
    known = {id(one.node): one for one in statements}
    found = {one.number: _last(one, known) for one in statements}
    return {number: last for number, last in found.items() if last.number != number}


def collects(statement: Statement) -> bool:
    """Tell what makes but a part of a sum, or its share of one: `dx = dx + ...`."""
    match statement.node:
        case ast.AugAssign(op=ast.Add() | ast.Sub()):
            return True
        case ast.Assign(targets=[target], value=ast.BinOp(op=ast.Add() | ast.Sub()) as value):
            return _mentions(value, ast.unparse(target))
    return False


def _last(statement: Statement, known: Mapping[int, Statement]) -> Statement:
    target, last = _target(statement), statement
    if target is None:
        return statement
    for node in _behind(statement):
        other = known.get(id(node))
        if other is not None and _target(other) == target and collects(other):
            last = other
        elif _mentions(node, target):
            break
    return last


def _behind(statement: Statement) -> Iterator[ast.stmt]:
    body = statement.body
    yield from body[next(k for k, node in enumerate(body) if node is statement.node) + 1 :]


def _target(statement: Statement) -> str | None:
    match statement.node:
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            return ast.unparse(target)
    return None


def _mentions(node: ast.AST, target: str) -> bool:
    return any(
        ast.unparse(inner) == target
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name | ast.Attribute | ast.Subscript)
    )
