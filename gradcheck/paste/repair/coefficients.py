"""Coefficients: the numbers that a program multiplies values by, as it writes them."""

import ast
import math
from collections.abc import Iterable, Iterator

from gradcheck.paste.repair.scope import Scope

_NAMED = ast.Name | ast.Attribute | ast.Subscript


def coefficients(tree: ast.AST) -> Iterator[str]:
    """Yield the operands of products that are made of names and numbers alone, once each."""
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                found |= {ast.unparse(side): None for side in (left, right) if _is_plain(side)}
    yield from found


def sizes(divisors: Iterable[str], statement: ast.AST, scope: Scope) -> Iterator[str]:
    """Yield numbers of samples: what a program divides by, and the lengths of a statement's own."""
    found: dict[float, str] = {}
    for text in [*divisors, *_lengths(statement, scope)]:
        value = _size(text, scope)
        if value is not None and value > 1:
            found.setdefault(value, text)
    yield from found.values()


def divisors(tree: ast.AST) -> Iterator[str]:
    """Yield what a program divides by, and then what it calls the lengths of lists."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Div(), right=right) | ast.AugAssign(op=ast.Div(), value=right):
                yield ast.unparse(right)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="len"))):
                yield name


def _lengths(statement: ast.AST, scope: Scope) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, _NAMED) and (text := ast.unparse(node)) in scope.arrays:
            yield f"len({text})"


def _size(text: str, scope: Scope) -> float | None:
    """Return the whole number that a text is at a statement; None for anything else."""
    match ast.parse(text, mode="eval").body:
        case ast.Call(func=ast.Name(id="len"), args=[of]) if ast.unparse(of) in scope.arrays:
            return scope.arrays[ast.unparse(of)][0]
        case ast.Subscript(
            value=ast.Attribute(value=of, attr="shape"), slice=ast.Constant(value=int() as axis)
        ) if axis < len(scope.arrays.get(ast.unparse(of), ())):
            return scope.arrays[ast.unparse(of)][axis]
        case ast.Attribute(value=of, attr="size") if ast.unparse(of) in scope.arrays:
            return math.prod(scope.arrays[ast.unparse(of)])
    value = scope.numbers.get(text)
    steady = text not in scope.moving | scope.data
    return value if value is not None and steady and value == round(value) else None


def _is_plain(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.Sub(), right=right):
            return _is_plain(left) and _is_plain(right)
        case ast.Constant(value=int() | float()) | ast.Name() | ast.Attribute():
            return True
    return False


def is_fixed(text: str, scope: Scope) -> bool:
    """Tell whether a coefficient is a number where a statement is, and always the same."""
    tree = ast.parse(text, mode="eval").body
    names = {ast.unparse(node) for node in _outer(tree)}
    steady = scope.numbers.keys() - scope.moving - scope.data
    return bool(names) and names <= steady


def literal(text: str) -> float | None:
    """Return the value of a coefficient that is but a number."""
    node = ast.parse(text, mode="eval").body
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
    return None


def _outer(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the names in a text, but not what they belong to."""
    if isinstance(node, _NAMED):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _outer(child)
