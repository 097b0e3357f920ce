"""What statements are, as far as their text tells: what they read, store, and make room for."""

import ast
from collections.abc import Iterator

from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.understanding.sites import of

_ZEROS = ("zeros", "zeros_like", "empty", "empty_like")


def inner(node: ast.AST) -> Iterator[int]:
    """Yield the sites of what is computed on the way; what is added up has one derivative."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.BinOp | ast.Call) and of(child) >= 0 and not _is_sum(node):
            yield of(child)
        yield from inner(child)


def _is_sum(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def stored(statement: Statement) -> set[str]:
    targets = getattr(statement.node, "targets", None) or [getattr(statement.node, "target", None)]
    return {ast.unparse(target) for target in targets if target is not None}


def read(statement: Statement) -> set[str]:
    inside = ast.walk(statement.node.value)
    return {
        ast.unparse(node)
        for node in inside
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
    }


def only_names(statement: Statement) -> bool:
    """Tell statements that only hand on what there is, which cannot be wrong by themselves."""
    value = statement.node.value
    return isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.Constant)


def begins(value: ast.AST | None) -> bool:
    """Tell what only makes room for what is computed later, such as zeros."""
    match value:
        case ast.Constant() | None:
            return True
        case ast.Call(func=function):
            return ast.unparse(function).rpartition(".")[2] in _ZEROS
        case ast.DictComp(value=inner) | ast.ListComp(elt=inner):
            return begins(inner)
        case ast.Dict(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            return all(map(begins, parts))
    return False


def adds_up(statement: Statement) -> bool:
    """Tell statements that add to what there was: `a += b`, `a = a + b`."""
    parts = _summands(statement.node.value)
    return isinstance(statement.node, ast.AugAssign) or not stored(statement).isdisjoint(parts)


def _summands(node: ast.AST | None) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from (*_summands(node.left), *_summands(node.right))
    elif node is not None:
        yield ast.unparse(node)
