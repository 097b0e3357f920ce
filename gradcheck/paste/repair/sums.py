"""Sums that statements make one after the other: `dh = a`, and then `dh += b`.

Or of parts that have names of their own, `d1 = a`, `d2 = b` and `dh = d1 + d2`.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from gradcheck.paste.repair.statements import Statement


def completing(statements: Collection[Statement]) -> Mapping[int, Statement]:
    """Return, for each statement that makes but a part of a sum, the one that adds the last part.

    They stand in the same block, and nothing between them uses what is there so far.
    """
    known = {id(one.node): one for one in statements}
    found = {one.number: _last(one, known) for one in statements}
    parts = {number: last for number, last in found.items() if last.number != number}
    named = {one.number: last for one in statements if (last := _summing(one, known)) is not None}
    # A sum of parts is a derivative, even where it is part of another one.
    whole = {last.number for last in named.values()}
    return {number: last for number, last in named.items() if number not in whole} | parts


def filling(statements: Collection[Statement]) -> Mapping[int, Sequence[Statement]]:
    """Return, for each statement that hands on an array, those that fill entries of it before.

    So do loops over the windows of a convolution; no entry alone is a derivative of much.
    """
    fillers: dict[tuple[int, str], list[Statement]] = {}
    for one in statements:
        match one.node:
            case (
                ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))])
                | ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name)))
            ):
                fillers.setdefault((id(one.function), name), []).append(one)
    handed = {one.number: fillers.get((id(one.function), _handed(one))) for one in statements}
    return {number: own for number, own in handed.items() if own}


def _handed(statement: Statement) -> str:
    """Return the name of the array that a statement hands on, or part of: `dx = dxp[:, 1:-1]`."""
    match statement.node:
        case ast.Assign(value=ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name))):
            return name
        case ast.Return(value=ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name))):
            return name
    return ""


def collects(statement: Statement) -> bool:
    """Tell what makes but a part of a sum, or its share of one: `dx = dx + ...`."""
    match statement.node:
        case ast.AugAssign(op=ast.Add() | ast.Sub()):
            return True
        case ast.Assign(targets=[target], value=ast.BinOp(op=ast.Add() | ast.Sub()) as value):
            return _mentions(value, ast.unparse(target))
    return False


def _last(statement: Statement, known: Mapping[int, Statement]) -> Statement:
    own, last = target(statement), statement
    if own is None:
        return statement
    for node in _behind(statement):
        other = known.get(id(node))
        if other is not None and target(other) == own and collects(other):
            last = other
        elif _mentions(node, own):
            break
    return last


def _summing(statement: Statement, known: Mapping[int, Statement]) -> Statement | None:
    """Return the first sum that a value is a term of, where all that it is used for are sums."""
    match statement.node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            behind = [*_behind(statement)]
        case _:
            return None
    terms = {id(term) for node in behind for term in _terms(node)}
    reads = (n for node in behind for n in ast.walk(node) if isinstance(n, ast.Name))
    uses = [read for read in reads if read.id == name]
    if not all(isinstance(use.ctx, ast.Load) and id(use) in terms for use in uses):
        return None
    own = {id(use) for use in uses}
    sums = (known[id(node)] for node in behind if id(node) in known)
    return next((one for one in sums if not own.isdisjoint(map(id, _added(_whole(one))))), None)


def _terms(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the terms of all sums in a node."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.expr):
            yield from _added(inner)


def _added(node: ast.expr | None) -> Iterator[ast.expr]:
    """Yield what a sum adds up; nothing of what is none."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            for side in (left, right):
                yield from _added(side) if isinstance(side, ast.BinOp) else iter((side,))


def _whole(statement: Statement) -> ast.expr | None:
    """Return what a statement makes, the first of several."""
    value: ast.expr | None = getattr(statement.node, "value", None)
    return value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value


def _behind(statement: Statement) -> Iterator[ast.stmt]:
    body = statement.body
    yield from body[next(k for k, node in enumerate(body) if node is statement.node) + 1 :]


def target(statement: Statement) -> str | None:
    """Return what a statement sets or changes, as text; None where that is several things."""
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
