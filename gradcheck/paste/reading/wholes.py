"""Whole numbers divided in Python 2, where that drops the remainder."""

import ast
from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.lines import Edit
from gradcheck.paste.reading.syntax import tree, walk

_Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_WHOLE = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_COUNTS = {"size", "ndim"}
_CALLS = {"len", "int", "ord"}


def division_edits(source: str) -> list[Edit]:
    """Return what turns each `/` that surely divides whole numbers into `//`.

    What can't be told without running (arguments, attributes) is left as it is.
    """
    module = tree(source)
    if module is None or "division" in _future(module):
        return []
    starts = _starts(source)
    found = set()
    outer = _known(module, frozenset())
    for scope in (node for node in walk(module) if isinstance(node, _Scope)):
        known = outer if scope is module else _known(scope, outer)
        for node in _inside(scope):
            if at := _divided(node, known, source, starts):
                found.add((at, at + 1, "//"))
    return sorted(found)


def _divided(
    node: ast.AST, known: frozenset[str], source: str, starts: Sequence[int]
) -> int | None:
    match node:
        case ast.BinOp(op=ast.Div(), left=left, right=right) if _whole(left, known):
            pass
        case ast.AugAssign(op=ast.Div(), target=left, value=right) if _whole(left, known):
            pass
        case _:
            return None
    if not _whole(right, known):
        return None
    at = source.find("/", _offset(source, starts, left.end_lineno or 1, left.end_col_offset or 0))
    return at if at >= 0 else None


def _starts(source: str) -> list[int]:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _offset(source: str, starts: Sequence[int], line: int, column: int) -> int:
    text = source[starts[line - 1] : starts[line]]
    return starts[line - 1] + len(text.encode()[:column].decode(errors="ignore"))


def _future(module: ast.Module) -> set[str]:
    found = (node for node in module.body if isinstance(node, ast.ImportFrom))
    return {a.name for node in found if node.module == "__future__" for a in node.names}


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """Return what belongs to a scope itself, not to functions within."""
    todo = list(ast.iter_child_nodes(scope))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _Scope):
            todo += ast.iter_child_nodes(node)


def _known(scope: ast.AST, outer: frozenset[str]) -> frozenset[str]:
    """Return the names that only ever hold whole numbers in a scope."""
    inside = list(_inside(scope))
    bindings = [pair for node in inside for pair in _bindings(node)]
    local = {name for name, _ in bindings}
    local |= {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    local |= {n.arg for n in walk(scope) if isinstance(n, ast.arg)}
    counted = {name for name, _ in bindings}
    known = outer - local
    while True:
        sure = {
            name
            for name in counted
            if all(_binds_whole(value, known) for own, value in bindings if own == name)
        }
        if sure <= known:
            return known
        known |= sure


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Return names with the values that a statement gives them; None for what isn't known."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _bound(target, value)
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"))):
            yield name, ast.Constant(value=0)
        case ast.For(target=target) | ast.comprehension(target=target):
            yield from _bound(target, None)


def _bound(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
            for one, other in zip(targets, values, strict=True):
                yield from _bound(one, other)
        case ast.Tuple(elts=targets), ast.Attribute(attr="shape"):
            for one in targets:
                yield from _bound(one, ast.Constant(value=0))
        case ast.Tuple(elts=targets) | ast.List(elts=targets), _:
            for one in targets:
                yield from _bound(one, None)


def _binds_whole(value: ast.expr | None, known: frozenset[str]) -> bool:
    return value is not None and _whole(value, known)


def _whole(node: ast.expr, known: frozenset[str]) -> bool:
    match node:
        case ast.Constant(value=int()):
            return True
        case ast.Name(id=name):
            return name in known
        case ast.Attribute(attr=name):
            return name in _COUNTS
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _CALLS
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _whole(operand, known)
        case ast.BinOp(left=left, right=right) if isinstance(node.op, _WHOLE):
            return _whole(left, known) and _whole(right, known)
    return False
