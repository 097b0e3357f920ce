"""What a program computes only to show it, cut short: the texts that a trained network writes.

A function that draws letter by letter, and changes nothing, may take longer than the training step
that it is called in. Where all that it returns is printed, one turn of its loops will do.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from gradcheck.paste.running.turns import changing

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEEP = 4

Place: TypeAlias = tuple[Sequence[ast.stmt], ast.stmt, ast.AST]
"""A node, the statement that it is in, and all statements of the function around that."""


def shortened(tree: ast.Module) -> ast.Module:
    """Return the tree with one turn each for the loops of functions that draw what is printed."""
    for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
        drawing = [*_drawing(function)]
        if drawing and not _changes(tree, function) and _is_shown(tree, function.name):
            for loop in drawing:
                loop.body.append(ast.copy_location(ast.Break(), loop.body[-1]))
    return tree


def _drawing(function: ast.FunctionDef) -> Iterator[ast.For | ast.While]:
    """Yield the loops that draw in their turns."""
    for node in function.body:
        if isinstance(node, ast.For | ast.While) and not node.orelse:
            calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
            if any("random" in ast.unparse(called) for called in calls):
                yield node


def _changes(tree: ast.Module, function: ast.FunctionDef) -> bool:
    """Tell a function that changes what is kept, or calls another one that does, or may."""
    known = {*changing(tree)}
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    pure = {name for name in own - known if not _called(tree, name) & own}
    return function.name in known or not _called(tree, function.name) & own <= pure


def _called(tree: ast.Module, name: str) -> set[str]:
    """Return what functions of a name call, by name."""
    return {
        getattr(call.func, "id", getattr(call.func, "attr", ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == name
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    }


def _is_shown(tree: ast.Module, name: str) -> bool:
    """Tell whether a function is called, and all that its calls return is printed."""
    scopes = [tree, *(node for node in ast.walk(tree) if isinstance(node, _SCOPES))]
    own = [place for scope in scopes for place in _places(scope) if _is_named(place[2], name)]
    every = [node for node in ast.walk(tree) if _is_named(node, name)]
    return 0 < len(own) == len(every) and all(_is_called(*p) and _is_printed(*p) for p in own)


def _places(scope: ast.AST) -> Iterator[Place]:
    """Yield the nodes of the simple statements of a scope, without those of functions in it."""
    found = [*_simple(scope)]
    yield from ((found, statement, node) for statement in found for node in ast.walk(statement))


def _simple(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt) and not hasattr(child, "body"):
            yield child
        elif not isinstance(child, _SCOPES):
            yield from _simple(child)


def _is_named(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=own) | ast.Attribute(attr=own):
            return own == name
    return False


def _is_called(_: Sequence[ast.stmt], statement: ast.stmt, node: ast.AST) -> bool:
    return any(isinstance(n, ast.Call) and n.func is node for n in ast.walk(statement))


def _is_printed(
    around: Sequence[ast.stmt], statement: ast.stmt, node: ast.AST, depth: int = 0
) -> bool:
    """Tell whether a value is printed, by itself or by variables made of it; no entry is picked."""
    if _is_picked_from(statement, node) or depth > _DEEP:
        return False
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            reads = [
                (other, inner)
                for other in around
                for inner in ast.walk(other)
                if _is_named(inner, name) and isinstance(getattr(inner, "ctx", None), ast.Load)
            ]
            return all(_is_printed(around, *read, depth + 1) for read in reads)
    return False


def _is_picked_from(statement: ast.stmt, node: ast.AST) -> bool:
    """Tell whether an entry is asked for, which may not be there."""
    return any(
        isinstance(outer, ast.Subscript)
        and not isinstance(outer.slice, ast.Slice)
        and any(inner is node for inner in ast.walk(outer.value))
        for outer in ast.walk(statement)
    )
